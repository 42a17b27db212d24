// How a Subscriber processes the results of its attempts.

#include "base/log.hpp"
#include "bus/attempt_policy.hpp"
#include "bus/subscriber.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

/// Threads that may stay lost before the subscriber pauses itself.
constexpr int abandoned_max = 4;

}  // namespace

void Subscriber::collect(DispatchCycle& cycle) {
    for (const auto& executor : executors_)
        for (auto& attempted : executor->take()) take(cycle, std::move(attempted));
    for (auto& [id, receipts] : std::exchange(answers_, {})) {
        auto node = unanswered_.extract(id);
        if (node.empty()) continue;
        auto& attempted = node.mapped();
        // A conflict means that an earlier run of the handler published events with these ids.
        if (!receipts && receipts.error().code != ErrorCode::idempotency_conflict)
            attempted.outcome = Outcome::failed("PublishFailed", receipts.error().message);
        settle(cycle, attempted);
    }
}

void Subscriber::check_timeouts(DispatchCycle& cycle) {
    for (auto& executor : executors_) check_timeout(cycle, executor);
    if (executor_settings_.abandoned->load() >= abandoned_max)
        pause_itself("Too many of its handlers have not returned after their timeout.");
}

void Subscriber::check_timeout(DispatchCycle& cycle, std::shared_ptr<SerialExecutor>& executor) {
    const auto timeout = subscription_->options.timeout;
    const auto running = executor->running();
    if (!running) return;
    const auto end = deadline(timeout, running->started);
    if (!end) return;
    if (cycle.steady < *end) return cycle.wake_at(*end);
    if (!executor->abandon(running->work)) return cycle.wake_now();  // it has just returned
    auto results = executor->take();
    executor = new_executor();
    for (auto& attempted : results) take(cycle, std::move(attempted));
    AttemptResult attempted;
    attempted.work = running->work;
    attempted.ran = true;
    attempted.outcome = timed_out(timeout);
    attempted.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(cycle.steady - running->started);
    settle(cycle, attempted);
}

void Subscriber::renew_leases(DispatchCycle& cycle) {
    if (rows_in_flight_ == 0) return renewed_.reset();
    const auto interval = tools_.options.lease / 3;
    if (cycle.steady - *renewed_ >= interval) {
        cycle.store().renew_leases(record_.id, cycle.now + tools_.options.lease);
        renewed_ = cycle.steady;
    }
    cycle.wake_at(*renewed_ + interval);
}

void Subscriber::take(DispatchCycle& cycle, AttemptResult attempted) {
    if (!attempted.ran) return take_back(cycle, attempted.work);
    if (attempted.outcome.ending == Ending::done && !attempted.effects.derived.empty())
        return publish_derived(std::move(attempted));
    settle(cycle, attempted);
}

/// The attempt was not run.
void Subscriber::take_back(DispatchCycle& cycle, const DeliveryAttemptPtr& work) {
    works_.erase(work->id);
    if (work->row) {
        auto row = *work->row;
        row.state = DeliveryState::waiting;
        row.isolated = 0;
        --row.attempts;
        cycle.store().update(row);
        lease_ended(cycle, *work);
    } else {
        keys_[work->ordering_key].held.emplace(work->entry->offset, work);
    }
    end_flight(cycle, work);
}

void Subscriber::publish_derived(AttemptResult attempted) {
    const auto publisher = "handler:" + record_.name;
    const auto& cause = *attempted.work->entry->envelope.metadata.event_id;
    PublishRequest request;
    request.envelopes = std::move(attempted.effects.derived);
    request.origin.publisher = publisher;
    // Without a content digest, the first run's events win.
    request.idempotency_key = publisher + ":" + rotacast::to_string(cause);
    const auto work = attempted.work->id;
    unanswered_.emplace(work, std::move(attempted));
    tools_.bus.publish(
        std::move(request),
        [answer = tools_.answer, subscriber = record_.id, work](Result<Receipts> receipts) {
            answer(subscriber, work, std::move(receipts));
        });
}

void Subscriber::settle(DispatchCycle& cycle, const AttemptResult& attempted) {
    const auto work = attempted.work;
    works_.erase(work->id);
    adapt_window(attempted.duration);
    changed_ = true;
    if (attempted.outcome.ending == Ending::done)
        settle_done(cycle, attempted);
    else
        settle_failed(cycle, attempted);
    if (work->row) lease_ended(cycle, *work);
    end_flight(cycle, work);
}

void Subscriber::settle_done(DispatchCycle& cycle, const AttemptResult& attempted) {
    const auto& work = *attempted.work;
    auto& store = cycle.store();
    for (const auto& note : attempted.effects.ledger)
        store.note({0, record_.name, work.entry->envelope.metadata.event_id, note, cycle.now});
    if (work.row) {
        store.remove(work.row->id);
        store.end_replay_of(work.row->replay, DeliveryState::leased);
        suspects_ -= work.row->suspect;
        --outstanding_;
        row_left(cycle, work.ordering_key);
    } else {
        slot_done(work.entry->offset);
    }
    ++record_.done;
    if (!attempted.outcome.skipped) {  // after a skipped probe the next follows at once
        record_.failing_since.reset();
        if (work.probe) after_probe(cycle, true);
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
        work.row ? *work.row : delivery_of(*work.entry, work.ordering_key, work.attempt);
    suspects_ -= delivery.suspect;
    delivery.suspect = false;  // the handler returned
    delivery.isolated = 0;
    note_failure(delivery, attempted.outcome.failure, cycle.now);
    record_.last_error = delivery.failure.name;
    if (!record_.failing_since) record_.failing_since = cycle.now;
    ++record_.failed_attempts;
    judge(cycle, delivery, attempted);
    trace(record_.name,
          *work.entry,
          work.attempt,
          attempted.outcome,
          attempted.duration,
          delivery.state);
    store_outcome(cycle, attempted.work, delivery);
    if (work.probe)
        after_probe(cycle, false);
    else
        check_failing(cycle);
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
    if (retry(delivery, attempted.outcome, policy, cycle.now, tools_.chance())) return;
    cycle.store().end_replay_of(delivery.replay, DeliveryState::dead);
    dead_letter(delivery);
}

void Subscriber::store_outcome(DispatchCycle& cycle,
                               const DeliveryAttemptPtr& work,
                               Delivery& delivery) {
    auto& key = keys_[work->ordering_key];
    const bool dead = delivery.state == DeliveryState::dead;
    if (work->row) {
        cycle.store().update(delivery);
        outstanding_ -= dead;
        if (dead) row_left(cycle, work->ordering_key);
    } else {
        if (!dead && key.rows > 0) delivery.state = DeliveryState::pending;
        const bool added = cycle.store().add(delivery);
        if (added && !dead) {
            ++key.rows;
            ++outstanding_;
        }
        slot_done(work->entry->offset);
    }
    dead_ += dead;
    if (dead_ >= static_cast<std::int64_t>(subscription_->options.dead_max))
        pause_itself("It has reached its limit of dead letters.");
}

void Subscriber::after_probe(DispatchCycle& cycle, bool success) {
    const auto& options = subscription_->options;
    if (success) {
        log::info("{} is resumed: a probe succeeded", record_.name);
        set_paused(false, "", "");
        probe_wait_ = options.probe_interval;
        return;
    }
    probe_wait_ = std::min(probe_wait_ * 2, options.probe_interval_max);
    probe_at_ = cycle.now + probe_wait_;
}

void Subscriber::check_failing(DispatchCycle& cycle) {
    const auto& options = subscription_->options;
    if (options.pause_after.count() <= 0 || record_.paused || !record_.failing_since) return;
    if (cycle.now - *record_.failing_since < options.pause_after) return;
    pause_itself(std::string(reason_failing));
    probe_wait_ = options.probe_interval;
    probe_at_ = cycle.now + probe_wait_;
}

void Subscriber::lease_ended(DispatchCycle& cycle, const DeliveryAttempt& work) {
    --rows_in_flight_;
    if (!work.row->suspect) return;
    suspect_runs_ = false;
    cycle.quarantine.leave(record_.id);
    cycle.wake_now();  // another subscriber may be waiting for the quarantine
}

void Subscriber::end_flight(DispatchCycle& cycle, const DeliveryAttemptPtr& work) {
    auto& key = keys_[work->ordering_key];
    if (--key.in_flight == 0) route_held(cycle, key, work->ordering_key);
}

/// Call it when nothing of this key is in flight.
void Subscriber::route_held(DispatchCycle& cycle, Key& key, std::uint64_t id) {
    const auto held = std::exchange(key.held, {});
    for (const auto& [offset, work] : held) {
        if (key.rows > 0 || leaving_ || record_.paused)
            park(cycle, work);
        else
            post(work);
    }
    if (key.unused()) keys_.erase(id);
}

/// Gives the attempt a row behind the other rows of its key.
void Subscriber::park(DispatchCycle& cycle, const DeliveryAttemptPtr& work) {
    auto row = delivery_of(*work->entry, work->ordering_key, 0);
    auto& key = keys_[work->ordering_key];
    row.state = key.rows == 0 ? DeliveryState::waiting : DeliveryState::pending;
    row.due = cycle.now;
    if (cycle.store().add(row)) {
        ++key.rows;
        ++outstanding_;
    }
    slot_done(work->entry->offset);
    changed_ = true;
}

void Subscriber::row_left(DispatchCycle& cycle, std::uint64_t id) {
    auto& key = keys_[id];
    if (--key.rows > 0) {
        cycle.store().promote(record_.id, id, cycle.now);
        lease_at_ = cycle.steady;  // it has waited long enough already
    } else if (key.unused()) {
        keys_.erase(id);
    }
}

Delivery Subscriber::delivery_of(const Entry& entry,
                                 std::uint64_t ordering_key,
                                 int attempts) const {
    Delivery delivery;
    delivery.subscriber = record_.id;
    delivery.epoch = record_.epoch;
    delivery.entry = entry;
    delivery.ordering_key = ordering_key;
    delivery.attempts = attempts;
    return delivery;
}

void Subscriber::slot_done(Offset offset) {
    const auto found = std::ranges::lower_bound(slots_, offset, {}, &Slot::offset);
    if (found != slots_.end() && found->offset == offset) found->done = true;
}

}  // namespace rotacast::bus
