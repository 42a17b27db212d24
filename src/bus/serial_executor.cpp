#include "bus/serial_executor.hpp"

#include "bus/attempt_policy.hpp"

#include <algorithm>
#include <iterator>

namespace rotacast::bus {
namespace {

// Waking the dispatcher costs more than a quick handler, so several results share one wake-up.
constexpr std::size_t results_per_wake = 64;
constexpr std::chrono::milliseconds wake_interval{1};

bool ends_sequence(const AttemptResult& attempted) {
    return attempted.outcome.ending != Ending::done || !attempted.effects.derived.empty();
}

void append(Effects& effects, Effects more) {
    std::ranges::move(more.handler_log, std::back_inserter(effects.handler_log));
    std::ranges::move(more.derived, std::back_inserter(effects.derived));
}

}  // namespace

void SerialExecutor::post(std::vector<AttemptSequence> sequences) {
    {
        const std::scoped_lock lock(mutex_);
        std::ranges::move(sequences, std::back_inserter(queue_));
        if (busy_ || queue_.empty()) return;
        busy_ = true;
    }
    settings_.start_thread([self = shared_from_this()] { self->run(); });
}

std::vector<AttemptResult> SerialExecutor::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(results_, {});
}

std::optional<SerialExecutor::Running> SerialExecutor::running() const {
    const std::scoped_lock lock(mutex_);
    if (!started_) return std::nullopt;
    return Running{current_[at_], *started_};
}

void SerialExecutor::give_back(AttemptSequence& sequence, std::size_t from) {
    for (auto i = from; i < sequence.size(); ++i) {
        results_.emplace_back();
        results_.back().work = std::move(sequence[i]);
    }
    sequence.resize(std::min(sequence.size(), from));
}

void SerialExecutor::give_back_queue() {
    if (started_) give_back(current_, at_ + 1);
    for (auto& sequence : queue_) give_back(sequence, 0);
    queue_.clear();
}

void SerialExecutor::drop_queue() {
    const std::scoped_lock lock(mutex_);
    give_back_queue();
}

bool SerialExecutor::abandon(const DeliveryAttemptPtr& work) {
    const std::scoped_lock lock(mutex_);
    if (!started_ || current_[at_] != work) return false;
    give_back_queue();
    abandoned_ = true;
    ++*settings_.abandoned;
    stop_.request_stop();
    started_.reset();
    return true;
}

void SerialExecutor::run() {
    while (const auto work = next())
        if (!finish(attempt(work))) return;
}

DeliveryAttemptPtr SerialExecutor::next() {
    const std::scoped_lock lock(mutex_);
    if (at_ >= current_.size()) {
        current_.clear();
        at_ = 0;
        if (!queue_.empty()) {
            current_ = std::move(queue_.front());
            queue_.pop_front();
        }
    }
    busy_ = !current_.empty();
    if (!busy_) return nullptr;
    started_ = settings_.steady();
    return current_[at_];
}

AttemptResult SerialExecutor::attempt(const DeliveryAttemptPtr& work) {
    AttemptResult attempted;
    attempted.work = work;
    attempted.ran = true;
    for (int times = settings_.deliver_twice ? 2 : 1; times > 0; --times) {
        HandlerContext context(settings_.subscription->name,
                               *work->entry,
                               work->epoch,
                               work->attempt,
                               stop_.get_token());
        attempted.outcome = run_handler(settings_.subscription->handler, *work->entry, context);
        if (attempted.outcome.ending != Ending::done) break;
        append(attempted.effects, context.take_effects());
    }
    return attempted;
}

/// Returns false if the executor was abandoned meanwhile; the result is then dropped.
bool SerialExecutor::finish(AttemptResult attempted) {
    const auto time = settings_.steady();
    bool wake = true;
    bool wanted = true;
    {
        const std::scoped_lock lock(mutex_);
        wanted = !abandoned_;
        if (wanted) {
            attempted.duration =
                std::chrono::duration_cast<std::chrono::microseconds>(time - *started_);
            started_.reset();
            const bool stop = ends_sequence(attempted);
            results_.push_back(std::move(attempted));
            ++at_;
            if (stop) give_back(current_, at_);
            const bool idle = queue_.empty() && at_ >= current_.size();
            wake = idle || results_.size() >= results_per_wake || time - woken_ >= wake_interval;
            if (wake) woken_ = time;
        } else {
            --*settings_.abandoned;
        }
    }
    if (wake) settings_.wake();
    return wanted;
}

}  // namespace rotacast::bus
