#include "bus/subscriber.hpp"

#include "bus/attempt_policy.hpp"
#include "bus/subscriber_status.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

/// A subscriber that wants none of the entries stores its position after this many.
constexpr Offset idle_entries_per_save = 1000;

/// Threads that may stay lost before the subscriber pauses itself.
constexpr int threads_lost_max = 4;

}  // namespace

Subscriber::Subscriber(SubscriptionPtr subscription,
                       SubscriberRecord record,
                       const SubscriberContext& context)
    : subscription_(std::move(subscription)),
      context_(context),
      record_(std::move(record)),
      pause_(record_, subscription_->options),
      rows_(record_, context.options, keys_),
      runner_(subscription_, context),
      window_limit_(runner_.executors(), context.options.window_max, context.options.window_time),
      derived_(context) {}

void Subscriber::recover(DispatchCycle& cycle, InterruptedBy interrupted_by) {
    SubscriberRecovery(cycle, *subscription_, context_.chance, record_, rows_).run(interrupted_by);
    window_.start_at(record_.position);
    changed_ = true;
}

void Subscriber::advance(DispatchCycle& cycle) {
    collect(cycle);
    rows_.renew_leases(cycle);
    window_.drop_done();
    if (!leaving_) begin_next(cycle);
    move_position();
    if (changed_) cycle.store().save(record_);
    changed_ = false;
}

void Subscriber::move_position() {
    window_.drop_done();
    const auto read = window_.last_read();
    if (window_.empty() && read - record_.position >= idle_entries_per_save) changed_ = true;
    if (!changed_) return;
    record_.position = window_.position();
    record_.begun = read;
}

void Subscriber::answered(std::uint64_t work, Result<Receipts> receipts) {
    derived_.answered(work, std::move(receipts));
}

void Subscriber::leave(bool stop) {
    leaving_ = true;
    runner_.drop_queues();
    if (stop) runner_.request_stop();
    // Store the exact position, even if no entry was wanted lately.
    changed_ = true;
}

void Subscriber::set_paused(bool paused, std::string by, std::string reason) {
    pause_.set(paused, std::move(by), std::move(reason));
    if (paused) runner_.drop_queues();
}

void Subscriber::pause_itself(std::string reason) {
    if (pause_.pause_itself(std::move(reason))) paused_itself();
}

void Subscriber::paused_itself() {
    runner_.drop_queues();
    changed_ = true;
}

bool Subscriber::add_replayed(DispatchCycle& cycle,
                              const Entry& entry,
                              std::int64_t replay,
                              Timestamp due) {
    return subscription_->wants(entry.envelope.metadata.event_type) &&
           rows_.add_replayed(cycle, entry, replay, due);
}

SubscriberStatus Subscriber::status(DeliveryStore& store, Offset last) const {
    auto record = record_;
    record.position = window_.position();
    auto status = status_of(record, store, last);
    status.held_until = held_until_;
    status.state = record_.paused ? SubscriberState::paused : SubscriberState::active;
    status.running = static_cast<std::int64_t>(runner_.in_flight());
    status.waiting -= static_cast<std::int64_t>(rows_.leased());
    status.attempts = window_limit_.attempts();
    status.busy = window_limit_.busy();
    status.longest = window_limit_.longest();
    status.threads_lost = runner_.threads_lost()->load();
    return status;
}

void Subscriber::collect(DispatchCycle& cycle) {
    const auto take_result = [this, &cycle](AttemptResult attempted) {
        take(cycle, std::move(attempted));
    };
    runner_.take_results(take_result);
    derived_.take_answered([this, &cycle](AttemptResult attempted) { settle(cycle, attempted); });
    if (const auto next = runner_.check_timeouts(cycle.steady, take_result)) cycle.wake_at(*next);
    if (runner_.threads_lost()->load() >= threads_lost_max)
        pause_itself("Too many of its handlers have not returned after their timeout.");
}

void Subscriber::take(DispatchCycle& cycle, AttemptResult attempted) {
    if (!attempted.ran) return take_back(cycle, attempted.work);
    if (attempted.outcome.ending == Ending::done && !attempted.effects.derived.empty())
        return derived_.publish(record_.id, record_.name, std::move(attempted));
    settle(cycle, attempted);
}

/// The attempt was not run.
void Subscriber::take_back(DispatchCycle& cycle, const DeliveryAttemptPtr& work) {
    runner_.end();
    if (work->row) {
        auto row = *work->row;
        rows_.give_back(cycle, row);
        end_lease(cycle, *work->row);
    } else {
        keys_.hold(work);
    }
    end_flight(cycle, *work);
}

void Subscriber::settle(DispatchCycle& cycle, const AttemptResult& attempted) {
    const auto& work = *attempted.work;
    runner_.end();
    window_limit_.add(attempted.duration);
    changed_ = true;
    if (attempted.outcome.ending == Ending::done)
        settle_done(cycle, attempted);
    else
        settle_failed(cycle, attempted);
    if (work.row) end_lease(cycle, *work.row);
    end_flight(cycle, work);
}

void Subscriber::settle_done(DispatchCycle& cycle, const AttemptResult& attempted) {
    const auto& work = *attempted.work;
    for (const auto& note : attempted.effects.handler_log)
        cycle.store().note(
            {0, record_.name, work.entry->envelope.metadata.event_id, note, cycle.now});
    if (work.row)
        rows_.remove_done(cycle, *work.row);
    else
        window_.mark_done(work.entry->offset);
    ++record_.done;
    if (!attempted.outcome.skipped) {  // after a skipped probe the next follows at once
        pause_.note_success();
        if (work.probe) pause_.end_probe(cycle.now, true);
    }
    trace(record_.name,
          *work.entry,
          work.attempt,
          attempted.outcome,
          attempted.duration,
          DeliveryState::leased);
}

void Subscriber::settle_failed(DispatchCycle& cycle, const AttemptResult& attempted) {
    const auto& work = *attempted.work;
    auto delivery =
        work.row ? *work.row : rows_.row_of(*work.entry, work.ordering_key, work.attempt);
    const bool was_suspect = delivery.suspect;
    delivery.suspect = false;  // the handler returned
    delivery.isolated = 0;
    note_failure(delivery, attempted.outcome.failure, cycle.now);
    record_.last_error = delivery.failure.name;
    pause_.note_failure(cycle.now);
    ++record_.failed_attempts;
    judge(cycle, delivery, attempted);
    stop_others(cycle, attempted.outcome, delivery.failure);
    trace(record_.name,
          *work.entry,
          work.attempt,
          attempted.outcome,
          attempted.duration,
          delivery.state);
    if (work.row) {
        rows_.update_failed(cycle, delivery, was_suspect);
    } else {
        rows_.add_failed(cycle, delivery);
        window_.mark_done(work.entry->offset);
    }
    if (rows_.dead() >= static_cast<std::int64_t>(subscription_->options.dead_max))
        pause_itself("It has reached its limit of dead letters.");
    if (work.probe)
        pause_.end_probe(cycle.now, false);
    else if (pause_.pause_if_failing(cycle.now))
        paused_itself();
}

/// Decides between retry and dead letter.
void Subscriber::judge(DispatchCycle& cycle, Delivery& delivery, const AttemptResult& attempted) {
    if (attempted.work->probe) {
        --delivery.attempts;
        delivery.state = DeliveryState::waiting;
        delivery.due = cycle.now;
        return;
    }
    const auto& policy = subscription_->options.retry;
    if (!retry(delivery, attempted.outcome, policy, cycle.now, context_.chance()))
        rows_.make_dead(cycle, delivery);
}

/// What waits in the executors' queues is taken back; what runs already cannot be stopped.
void Subscriber::stop_others(DispatchCycle& cycle, const Outcome& outcome, const Failure& failure) {
    switch (outcome.others) {
        case Others::go_on: return;
        case Others::held_back:
            held_until_ = std::max(held_until_.value_or(cycle.now), cycle.now + outcome.wait_min);
            runner_.drop_queues();
            break;
        case Others::paused:
            if (pause_.give_up(failure.message)) paused_itself();
            break;
    }
    cycle.wake_now();  // takes the results of the dropped attempts
}

void Subscriber::end_lease(DispatchCycle& cycle, const Delivery& row) {
    rows_.end_lease();
    if (!row.suspect) return;
    suspect_runs_ = false;
    cycle.quarantine.leave(record_.id);
    cycle.wake_now();  // another subscriber may be waiting for the quarantine
}

/// Starts or parks the deliveries that were held behind the attempt.
void Subscriber::end_flight(DispatchCycle& cycle, const DeliveryAttempt& work) {
    const auto key = work.ordering_key;
    const auto held = keys_.end_attempt(key);
    if (held.empty()) return;
    for (const auto& [offset, next] : held) {
        if (keys_.has_rows(key) || leaving_ || pause_.paused() || held_until_)
            park(cycle, *next);
        else
            prepare(next);
    }
    keys_.forget_unused(key);
}

}  // namespace rotacast::bus
