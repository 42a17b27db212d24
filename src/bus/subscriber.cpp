#include "bus/subscriber.hpp"

#include "base/log.hpp"
#include "bus/subscriber_status.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

/// A subscriber that wants none of the entries stores its position after this many.
constexpr Offset idle_entries_per_save = 1000;

}  // namespace

Subscriber::Subscriber(SubscriptionPtr subscription, SubscriberRecord record, const Tools& tools)
    : subscription_(std::move(subscription)), record_(std::move(record)), tools_(tools) {
    executor_settings_.subscription = subscription_;
    executor_settings_.start_thread = tools_.start_thread;
    executor_settings_.wake = tools_.wake;
    executor_settings_.steady = tools_.steady;
    executor_settings_.deliver_twice = tools_.options.deliver_twice;
    for (std::size_t i = 0; i < std::max<std::size_t>(subscription_->options.concurrency, 1); ++i)
        executors_.push_back(new_executor());
    probe_wait_ = subscription_->options.probe_interval;
}

/// Detaches what still runs.
Subscriber::~Subscriber() {
    for (const auto& executor : executors_) {
        executor->drop_queue();
        if (const auto running = executor->running()) executor->abandon(running->work);
    }
}

std::shared_ptr<SerialExecutor> Subscriber::new_executor() const {
    return std::make_shared<SerialExecutor>(executor_settings_);
}

void Subscriber::advance(DispatchCycle& cycle) {
    collect(cycle);
    check_timeouts(cycle);
    renew_leases(cycle);
    drop_done_slots();
    if (!leaving_) begin_next(cycle);
    move_position();
    if (changed_) cycle.store().save(record_);
    changed_ = false;
}

void Subscriber::start_jobs() {
    if (fresh_.empty()) return;
    std::vector<std::vector<AttemptSequence>> by_key(executors_.size());
    for (auto& sequence : fresh_)
        by_key[sequence.front()->ordering_key % executors_.size()].push_back(std::move(sequence));
    fresh_.clear();
    fresh_index_.clear();
    for (std::size_t i = 0; i < executors_.size(); ++i)
        if (!by_key[i].empty()) executors_[i]->post(std::move(by_key[i]));
}

void Subscriber::answered(std::uint64_t work, Result<Receipts> receipts) {
    answers_.emplace_back(work, std::move(receipts));
}

void Subscriber::leave(bool stop) {
    leaving_ = true;
    for (const auto& executor : executors_) {
        executor->drop_queue();
        if (stop) executor->request_stop();
    }
    // Store the exact position, even if no entry was wanted lately.
    changed_ = true;
}

void Subscriber::set_paused(bool paused, std::string by, std::string reason) {
    record_.paused = paused;
    record_.paused_by = std::move(by);
    record_.reason = std::move(reason);
    probe_at_.reset();
    if (paused)
        for (const auto& executor : executors_) executor->drop_queue();
    else
        record_.failing_since.reset();
}

void Subscriber::pause_itself(std::string reason) {
    if (record_.paused) return;
    log::warn("{} is paused: {}", record_.name, reason);
    set_paused(true, "", std::move(reason));
    changed_ = true;
}

void Subscriber::refresh_counts(DeliveryStore& store) {
    const auto counts = store.count(record_.id);
    const auto of = [&](DeliveryState state) { return counts[static_cast<std::size_t>(state)]; };
    outstanding_ =
        of(DeliveryState::pending) + of(DeliveryState::waiting) + of(DeliveryState::leased);
    replaying_ = of(DeliveryState::replaying);
    dead_ = of(DeliveryState::dead);
}

/// After a crash the whole window runs again, so slow handlers get a short one.
void Subscriber::adapt_window(std::chrono::microseconds duration) {
    ++attempts_;
    busy_ += duration;
    longest_ = std::max(longest_, duration);
    const double weight = attempts_ == 1 ? 1 : 0.05;
    average_us_ += weight * (static_cast<double>(duration.count()) - average_us_);
    const auto time = std::chrono::microseconds(tools_.options.window_time);
    const auto affordable = static_cast<double>(time.count()) / std::max(average_us_, 1.0);
    const auto least = 2 * executors_.size();
    window_max_ = std::clamp(static_cast<std::size_t>(std::min(affordable, 1e6)),
                             std::min(least, tools_.options.window_max),
                             tools_.options.window_max);
}

void Subscriber::add_slot(const DeliveryAttempt& work) {
    const auto* batch = work.batch.get();
    const bool held = !slots_.empty() && slots_.back().batch == batch;
    if (!held) window_bytes_ += batch->bytes;
    if (held) slots_.back().bytes = 0;
    slots_.push_back({work.entry->offset, false, batch, batch->bytes});
}

void Subscriber::drop_done_slots() {
    while (!slots_.empty() && slots_.front().done) {
        window_bytes_ -= slots_.front().bytes;
        slots_.pop_front();
    }
}

void Subscriber::move_position() {
    drop_done_slots();
    if (slots_.empty() && scanned_ - record_.position >= idle_entries_per_save) changed_ = true;
    if (!changed_) return;
    record_.position = position();
    record_.begun = scanned_;
}

SubscriberStatus Subscriber::status(DeliveryStore& store, Offset last) const {
    auto record = record_;
    record.position = position();
    auto status = status_of(record, store, last);
    status.state = record_.paused ? SubscriberState::paused : SubscriberState::active;
    status.running = static_cast<std::int64_t>(works_.size());
    status.waiting -= static_cast<std::int64_t>(rows_in_flight_);
    status.attempts = attempts_;
    status.busy = busy_;
    status.longest = longest_;
    status.threads_lost = executor_settings_.abandoned->load();
    return status;
}

}  // namespace rotacast::bus
