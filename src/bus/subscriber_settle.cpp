// What has become of what a Subscriber began.

#include "base/log.hpp"
#include "bus/chain.hpp"
#include "bus/subscriber.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

/// Of handlers that did not come back. More of them and something is wrong with the handler.
constexpr int abandoned_max = 4;

}  // namespace

void Subscriber::collect(Turn& turn) {
    for (const auto& lane : lanes_)
        for (auto& attempted : lane->take()) take(turn, std::move(attempted));
    for (auto& [id, receipts] : std::exchange(answers_, {})) {
        auto node = unanswered_.extract(id);
        if (node.empty()) continue;
        auto& attempted = node.mapped();
        // With these ids the events are known: an earlier run of the handler published them.
        if (!receipts && receipts.error().code != ErrorCode::idempotency_conflict)
            attempted.outcome = Outcome::failed("PublishFailed", receipts.error().message);
        settle(turn, attempted);
    }
}

void Subscriber::check_timeouts(Turn& turn) {
    for (auto& lane : lanes_) check_timeout(turn, lane);
    if (lane_settings_.abandoned->load() >= abandoned_max)
        pause_itself("Too many of its handlers do not come back.");
}

void Subscriber::check_timeout(Turn& turn, std::shared_ptr<Lane>& lane) {
    const auto timeout = subscription_->options.timeout;
    const auto running = lane->running();
    if (!running) return;
    const auto end = deadline(timeout, running->started);
    if (!end) return;
    if (turn.steady < *end) return turn.wake_at(*end);
    if (!lane->abandon(running->work)) return turn.wake_now();  // it came back this moment
    auto results = lane->take();
    lane = new_lane();
    for (auto& attempted : results) take(turn, std::move(attempted));
    Attempted attempted;
    attempted.work = running->work;
    attempted.ran = true;
    attempted.outcome = timed_out(timeout);
    attempted.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(turn.steady - running->started);
    settle(turn, attempted);
}

void Subscriber::renew_leases(Turn& turn) {
    if (rows_in_flight_ == 0) return renewed_.reset();
    const auto interval = tools_.options.lease / 3;
    if (turn.steady - *renewed_ >= interval) {
        turn.store().renew_leases(record_.id, turn.now + tools_.options.lease);
        renewed_ = turn.steady;
    }
    turn.wake_at(*renewed_ + interval);
}

void Subscriber::take(Turn& turn, Attempted attempted) {
    if (!attempted.ran) return take_back(turn, attempted.work);
    if (attempted.outcome.ending == Ending::done && !attempted.effects.derived.empty())
        return publish_derived(std::move(attempted));
    settle(turn, attempted);
}

/// It was not run after all.
void Subscriber::take_back(Turn& turn, const WorkPtr& work) {
    works_.erase(work->id);
    if (work->row) {
        auto row = *work->row;
        row.state = DeliveryState::waiting;
        row.isolated = 0;
        --row.attempts;
        turn.store().update(row);
        lease_ended(turn, *work);
    } else {
        keys_[work->lane].held.emplace(work->entry->offset, work);
    }
    end_flight(turn, work);
}

void Subscriber::publish_derived(Attempted attempted) {
    const auto publisher = "handler:" + record_.name;
    const auto& cause = *attempted.work->entry->envelope.metadata.event_id;
    PublishRequest request;
    request.envelopes = std::move(attempted.effects.derived);
    request.origin.publisher = publisher;
    // The content is not compared: what the first run said, stands.
    request.idempotency_key = publisher + ":" + rotacast::to_string(cause);
    const auto work = attempted.work->id;
    unanswered_.emplace(work, std::move(attempted));
    tools_.bus.publish(
        std::move(request),
        [answer = tools_.answer, subscriber = record_.id, work](Result<Receipts> receipts) {
            answer(subscriber, work, std::move(receipts));
        });
}

void Subscriber::settle(Turn& turn, const Attempted& attempted) {
    const auto work = attempted.work;
    works_.erase(work->id);
    adapt_window(attempted.duration);
    changed_ = true;
    if (attempted.outcome.ending == Ending::done)
        settle_done(turn, attempted);
    else
        settle_failed(turn, attempted);
    if (work->row) lease_ended(turn, *work);
    end_flight(turn, work);
}

void Subscriber::settle_done(Turn& turn, const Attempted& attempted) {
    const auto& work = *attempted.work;
    auto& store = turn.store();
    for (const auto& note : attempted.effects.ledger)
        store.note({0, record_.name, work.entry->envelope.metadata.event_id, note, turn.now});
    if (work.row) {
        store.remove(work.row->id);
        store.end_replay_of(work.row->replay, DeliveryState::leased);
        suspects_ -= work.row->suspect;
        --outstanding_;
        row_left(turn, work.lane);
    } else {
        slot_done(work.entry->offset);
    }
    ++record_.done;
    if (!attempted.outcome.skipped) {  // a probe that was skipped is followed by the next at once
        record_.failing_since.reset();
        if (work.probe) after_probe(turn, true);
    }
    trace(record_.name,
          *work.entry,
          work.attempt,
          attempted.outcome,
          attempted.duration,
          DeliveryState::leased);
}

void Subscriber::settle_failed(Turn& turn, const Attempted& attempted) {
    const auto& work = *attempted.work;
    auto delivery = work.row ? *work.row : delivery_of(*work.entry, work.lane, work.attempt);
    suspects_ -= delivery.suspect;
    delivery.suspect = false;  // it came back
    delivery.isolated = 0;
    note_failure(delivery, attempted.outcome.failure, turn.now);
    record_.last_error = delivery.failure.name;
    if (!record_.failing_since) record_.failing_since = turn.now;
    ++record_.failed_attempts;
    judge(turn, delivery, attempted);
    trace(record_.name,
          *work.entry,
          work.attempt,
          attempted.outcome,
          attempted.duration,
          delivery.state);
    store_outcome(turn, attempted.work, delivery);
    if (work.probe)
        after_probe(turn, false);
    else
        check_failing(turn);
}

/// Retry or dead letter.
void Subscriber::judge(Turn& turn, Delivery& delivery, const Attempted& attempted) {
    if (attempted.work->probe) {
        --delivery.attempts;
        delivery.state = DeliveryState::waiting;
        delivery.due = turn.now;
        return;
    }
    const auto& policy = subscription_->options.retry;
    if (retry(delivery, attempted.outcome, policy, turn.now, tools_.chance())) return;
    turn.store().end_replay_of(delivery.replay, DeliveryState::dead);
    dead_letter(delivery);
}

void Subscriber::store_outcome(Turn& turn, const WorkPtr& work, Delivery& delivery) {
    auto& key = keys_[work->lane];
    const bool dead = delivery.state == DeliveryState::dead;
    if (work->row) {
        turn.store().update(delivery);
        outstanding_ -= dead;
        if (dead) row_left(turn, work->lane);
    } else {
        if (!dead && key.rows > 0) delivery.state = DeliveryState::pending;
        const bool added = turn.store().add(delivery);
        if (added && !dead) {
            ++key.rows;
            ++outstanding_;
        }
        slot_done(work->entry->offset);
    }
    dead_ += dead;
    if (dead_ >= static_cast<std::int64_t>(subscription_->options.dead_max))
        pause_itself("It has as many dead letters as it may have.");
}

void Subscriber::after_probe(Turn& turn, bool success) {
    const auto& options = subscription_->options;
    if (success) {
        log::info("{} goes on: a probe went well", record_.name);
        set_paused(false, "", "");
        probe_wait_ = options.probe_interval;
        return;
    }
    probe_wait_ = std::min(probe_wait_ * 2, options.probe_interval_max);
    probe_at_ = turn.now + probe_wait_;
}

void Subscriber::check_failing(Turn& turn) {
    const auto& options = subscription_->options;
    if (options.pause_after.count() <= 0 || record_.paused || !record_.failing_since) return;
    if (turn.now - *record_.failing_since < options.pause_after) return;
    pause_itself(std::string(reason_failing));
    probe_wait_ = options.probe_interval;
    probe_at_ = turn.now + probe_wait_;
}

void Subscriber::lease_ended(Turn& turn, const Work& work) {
    --rows_in_flight_;
    if (!work.row->suspect) return;
    suspect_runs_ = false;
    turn.suspects.leave(record_.id);
    turn.wake_now();  // another subscriber may have been waiting for the gate
}

void Subscriber::end_flight(Turn& turn, const WorkPtr& work) {
    auto& key = keys_[work->lane];
    if (--key.in_flight == 0) route_held(turn, key, work->lane);
}

/// Nothing of this key is in flight now.
void Subscriber::route_held(Turn& turn, Key& key, std::uint64_t id) {
    const auto held = std::exchange(key.held, {});
    for (const auto& [offset, work] : held) {
        if (key.rows > 0 || leaving_ || record_.paused)
            park(turn, work);
        else
            post(work);
    }
    if (key.unused()) keys_.erase(id);
}

/// Gives it a row, behind those of its aggregate that are there.
void Subscriber::park(Turn& turn, const WorkPtr& work) {
    auto row = delivery_of(*work->entry, work->lane, 0);
    auto& key = keys_[work->lane];
    row.state = key.rows == 0 ? DeliveryState::waiting : DeliveryState::pending;
    row.due = turn.now;
    if (turn.store().add(row)) {
        ++key.rows;
        ++outstanding_;
    }
    slot_done(work->entry->offset);
    changed_ = true;
}

void Subscriber::row_left(Turn& turn, std::uint64_t id) {
    auto& key = keys_[id];
    if (--key.rows > 0) {
        turn.store().promote(record_.id, id, turn.now);
        lease_at_ = turn.steady;  // it has waited long enough
    } else if (key.unused()) {
        keys_.erase(id);
    }
}

Delivery Subscriber::delivery_of(const Entry& entry, std::uint64_t lane, int attempts) const {
    Delivery delivery;
    delivery.subscriber = record_.id;
    delivery.epoch = record_.epoch;
    delivery.entry = entry;
    delivery.lane = lane;
    delivery.attempts = attempts;
    return delivery;
}

void Subscriber::slot_done(Offset offset) {
    const auto found = std::ranges::lower_bound(slots_, offset, {}, &Slot::offset);
    if (found != slots_.end() && found->offset == offset) found->done = true;
}

}  // namespace rotacast::bus
