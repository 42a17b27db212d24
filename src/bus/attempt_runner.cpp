#include "bus/attempt_runner.hpp"

#include "bus/attempt_policy.hpp"

#include <algorithm>

namespace rotacast::bus {

AttemptRunner::AttemptRunner(SubscriptionPtr subscription, const SubscriberContext& context) {
    settings_.subscription = std::move(subscription);
    settings_.start_thread = context.start_thread;
    settings_.wake = context.wake;
    settings_.steady = context.steady;
    settings_.deliver_twice = context.options.deliver_twice;
    const auto concurrency = settings_.subscription->options.concurrency;
    for (std::size_t i = 0; i < std::max<std::size_t>(concurrency, 1); ++i)
        executors_.push_back(new_executor());
}

AttemptRunner::~AttemptRunner() {
    for (const auto& executor : executors_) {
        executor->drop_queue();
        if (const auto running = executor->running()) executor->abandon(running->work);
    }
}

std::shared_ptr<SerialExecutor> AttemptRunner::new_executor() const {
    return std::make_shared<SerialExecutor>(settings_);
}

void AttemptRunner::prepare(DeliveryAttemptPtr attempt) {
    ++in_flight_;
    const auto [found, is_new] = index_.emplace(attempt->ordering_key, prepared_.size());
    if (is_new) prepared_.emplace_back();
    prepared_[found->second].push_back(std::move(attempt));
}

void AttemptRunner::withdraw(const DeliveryAttempt& attempt) {
    prepared_.pop_back();
    index_.erase(attempt.ordering_key);
}

void AttemptRunner::start() {
    if (prepared_.empty()) return;
    std::vector<std::vector<AttemptSequence>> by_executor(executors_.size());
    for (auto& sequence : prepared_)
        by_executor[sequence.front()->ordering_key % executors_.size()].push_back(
            std::move(sequence));
    prepared_.clear();
    index_.clear();
    for (std::size_t i = 0; i < executors_.size(); ++i)
        if (!by_executor[i].empty()) executors_[i]->post(std::move(by_executor[i]));
}

void AttemptRunner::take_results(const TakeResult& take) {
    for (const auto& executor : executors_)
        for (auto& attempted : executor->take()) take(std::move(attempted));
}

std::optional<SteadyTime> AttemptRunner::check_timeouts(SteadyTime now, const TakeResult& take) {
    std::optional<SteadyTime> next;
    for (auto& executor : executors_)
        if (const auto time = check_timeout(executor, now, take))
            next = next ? std::min(*next, *time) : *time;
    return next;
}

std::optional<SteadyTime> AttemptRunner::check_timeout(std::shared_ptr<SerialExecutor>& executor,
                                                       SteadyTime now,
                                                       const TakeResult& take) {
    const auto timeout = settings_.subscription->options.timeout;
    const auto running = executor->running();
    if (!running) return std::nullopt;
    const auto end = deadline(timeout, running->started);
    if (!end) return std::nullopt;
    if (now < *end) return *end;
    if (!executor->abandon(running->work)) return now;  // it has just returned
    auto results = executor->take();
    executor = new_executor();
    for (auto& attempted : results) take(std::move(attempted));
    AttemptResult attempted;
    attempted.work = running->work;
    attempted.ran = true;
    attempted.outcome = timed_out(timeout);
    attempted.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(now - running->started);
    take(std::move(attempted));
    return std::nullopt;
}

void AttemptRunner::drop_queues() {
    for (const auto& executor : executors_) executor->drop_queue();
}

void AttemptRunner::request_stop() {
    for (const auto& executor : executors_) executor->request_stop();
}

}  // namespace rotacast::bus
