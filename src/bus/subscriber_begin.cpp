// What a Subscriber begins: its place, what an earlier process left, and what comes next.

#include "base/log.hpp"
#include "bus/chain.hpp"
#include "bus/subscriber.hpp"

namespace rotacast::bus {
namespace {

constexpr std::size_t entries_per_turn = 4096;
constexpr std::size_t admitted_per_turn = 64;
constexpr std::size_t leased_per_lane = 16;
/// Once may be somebody who ended the process from outside.
constexpr int isolated_ends_max = 2;
/// Beyond its policy's, for one that something else always ran beside.
constexpr int attempts_forgiven_max = 3;

}  // namespace

void Subscriber::recover(Turn& turn) {
    auto& store = turn.store();
    find_place(turn);
    refresh_counts(store);
    suspects_ = store.count_suspects(record_.id);
    for (const auto& [lane, rows] : store.count_lanes(record_.id)) keys_[lane].rows = rows;
    for (auto& row : store.lost_leases(record_.id)) recover_lease(turn, std::move(row));
    recover_window(turn);
    scanned_ = record_.position;
    changed_ = true;
}

void Subscriber::find_place(Turn& turn) {
    record_.types = subscription_->types;
    record_.present = true;
    if (record_.epoch == turn.reader.epoch()) return;
    if (!record_.epoch.empty()) {
        log::warn("{}: the journal is another one; starting anew", record_.name);
        if (record_.begun > record_.position)
            note_missed(turn, record_.position + 1, record_.begun);
    }
    record_.epoch = turn.reader.epoch();
    start_anew(turn);
}

void Subscriber::start_anew(Turn& turn) {
    const auto& start = subscription_->options.start;
    auto place = turn.reader.first() - 1;
    if (start.from == Start::From::now) place = subscription_->registered_at;
    if (start.from == Start::From::cursor && start.cursor.epoch == record_.epoch)
        place = std::min(start.cursor.place.whole_entries(), turn.reader.last());
    record_.position = place;
    record_.begun = place;
}

/// Its handler was running when the process ended. It may be the one that ended it.
void Subscriber::recover_lease(Turn& turn, Delivery row) {
    const auto& policy = subscription_->options.retry;
    const auto outcome = process_ended();
    const bool was_suspect = row.suspect;
    const bool is_the_one = row.isolated >= isolated_ends_max ||
                            row.attempts >= policy.attempts + attempts_forgiven_max;
    const auto replay = row.replay;
    note_failure(row, outcome.failure, turn.now);
    ++record_.failed_attempts;
    record_.last_error = outcome.failure.name;
    if (!retry(row, outcome, policy, turn.now, tools_.chance())) {
        row.state = DeliveryState::waiting;
        row.due = turn.now;
        // Others ran beside it: the benefit of the doubt is one more attempt, alone.
        if (is_the_one) dead_letter(row);
    }
    if (row.state == DeliveryState::waiting) row.suspect = true;
    suspects_ += static_cast<std::int64_t>(row.suspect) - static_cast<std::int64_t>(was_suspect);
    turn.store().update(row);
    trace(record_.name, row.entry, row.attempts, outcome, {}, row.state);
    if (row.state != DeliveryState::dead) return;
    turn.store().end_replay_of(replay, DeliveryState::dead);
    --outstanding_;
    ++dead_;
    row_left(turn, row.lane);
}

/// What was begun and not finished: all of it failed once, and each runs alone now.
void Subscriber::recover_window(Turn& turn) {
    const auto outcome = process_ended();
    for (auto at = record_.position; at < record_.begun;) {
        const auto slice = turn.reader.after(at);
        if (!slice) return turn.fail(slice.error());
        if (slice->empty()) break;
        const auto& entries = slice->batch->entries;
        if (const auto first = entries[slice->index].offset; first > at + 1)
            note_missed(turn, at + 1, std::min(first - 1, record_.begun));
        for (auto i = slice->index; i < entries.size() && at < record_.begun; ++i) {
            at = entries[i].offset;
            if (at > record_.begun) break;
            if (!subscription_->wants(entries[i].envelope.metadata.event_type)) continue;
            auto row = delivery_of(entries[i], lane_of(entries[i].envelope), 1);
            auto& key = keys_[row.lane];
            note_failure(row, outcome.failure, turn.now);
            row.suspect = true;
            row.due = turn.now;
            row.state = key.rows == 0 ? DeliveryState::waiting : DeliveryState::pending;
            if (!turn.store().add(row)) continue;
            ++key.rows;
            ++outstanding_;
            ++suspects_;
            ++record_.failed_attempts;
            record_.last_error = outcome.failure.name;
        }
    }
    record_.position = record_.begun;
}

void Subscriber::note_missed(Turn& turn, Offset from, Offset to) {
    const auto range = std::to_string(from) + "-" + std::to_string(to);
    log::warn("{}: entries {} are gone from the journal", record_.name, range);
    record_.missed += static_cast<std::int64_t>(to - from + 1);
    turn.store().note(
        {0, record_.name, std::nullopt, {"missed", record_.epoch + "." + range, ""}, turn.now});
    changed_ = true;
}

void Subscriber::begin_next(Turn& turn) {
    if (turn.suspects.holds_up(record_.id, turn.steady))
        return turn.wake_at(turn.suspects.since + SuspectGate::hold_max);
    if (record_.paused) return probe(turn);
    if (suspects_ > 0 && lease_suspect(turn)) return;
    admit_replayed(turn);
    lease_due(turn);
    extend(turn, window_max_, false);
}

/// Replayed letters whose time has come take their place among what is outstanding.
void Subscriber::admit_replayed(Turn& turn) {
    if (replaying_ == 0) return;
    auto& store = turn.store();
    auto rows = store.due(record_.id, DeliveryState::replaying, false, turn.now, admitted_per_turn);
    for (auto& row : rows) {
        auto& key = keys_[row.lane];
        row.state = key.rows == 0 ? DeliveryState::waiting : DeliveryState::pending;
        row.due = turn.now;
        store.update(row);
        ++key.rows;
        ++outstanding_;
        --replaying_;
    }
    if (rows.size() == admitted_per_turn) return turn.wake_now();
    if (auto next = store.next_due(record_.id, DeliveryState::replaying, false, turn.now))
        turn.wake_at(*next);
}

/// True: nothing else of this subscriber may begin.
bool Subscriber::lease_suspect(Turn& turn) {
    if (suspect_runs_) return true;
    auto& store = turn.store();
    auto rows = store.due(record_.id, DeliveryState::waiting, true, turn.now, 1);
    if (rows.empty()) {
        if (auto next = store.next_due(record_.id, DeliveryState::waiting, true, turn.now))
            turn.wake_at(*next);
        return false;
    }
    auto& gate = turn.suspects;
    if (!gate.free_for(record_.id, turn.steady)) {
        turn.wake_at(gate.since + SuspectGate::hold_max);
        return false;
    }
    if (gate.holder != record_.id) gate.take(record_.id, turn.steady);
    auto& row = rows.front();
    if (!idle() || !may_run_now(turn, row)) return true;
    gate.since = turn.steady;
    suspect_runs_ = true;
    lease(turn, std::move(row), false);
    return true;
}

/// One that has few attempts left waits, within bounds, until nothing else runs.
bool Subscriber::may_run_now(Turn& turn, Delivery& row) const {
    auto& gate = turn.suspects;
    const auto attempts_left = subscription_->options.retry.attempts - row.attempts;
    if (attempts_left > isolated_ends_max) return true;
    if (!gate.isolating) {
        gate.since = turn.steady;
        gate.isolating = true;  // from the next turn on nothing begins any more
        turn.wake_now();
        return false;
    }
    turn.wake_at(gate.since + SuspectGate::hold_max);
    const bool alone = gate.running == 0;
    row.isolated += alone;
    return alone || gate.expired(turn.steady);
}

void Subscriber::lease_due(Turn& turn) {
    if (outstanding_ <= static_cast<std::int64_t>(rows_in_flight_)) return;
    const auto bound = std::min(leased_per_lane, window_max_) * lanes_.size();
    auto& store = turn.store();
    if (rows_in_flight_ < bound) {
        auto rows =
            store.due(record_.id, DeliveryState::waiting, false, turn.now, bound - rows_in_flight_);
        for (auto& row : rows)
            if (keys_[row.lane].in_flight == 0) lease(turn, std::move(row), false);
    }
    if (auto next = store.next_due(record_.id, DeliveryState::waiting, false, turn.now))
        turn.wake_at(*next);
}

/// The attempt is counted before it is made.
void Subscriber::lease(Turn& turn, Delivery row, bool is_probe) {
    row.state = DeliveryState::leased;
    ++row.attempts;
    turn.store().update(row);
    turn.store().set_lease(row.id, turn.now + tools_.options.lease);
    if (!renewed_) renewed_ = turn.steady;
    ++rows_in_flight_;
    auto work = new_work();
    work->epoch = row.epoch;
    work->lane = row.lane;
    work->attempt = row.attempts;
    work->probe = is_probe;
    work->row = std::move(row);
    work->entry = &work->row->entry;
    post(work);
    if (work->row->readable) return;
    fresh_.pop_back();
    fresh_index_.erase(work->lane);
    Attempted unreadable;
    unreadable.work = work;
    unreadable.outcome = Outcome::permanent("Unreadable", "This version cannot read the event.");
    settle(turn, unreadable);
}

void Subscriber::extend(Turn& turn, std::size_t window_max, bool is_probe) {
    auto budget = entries_per_turn;
    while (slots_.size() < window_max &&
           outstanding_ < static_cast<std::int64_t>(subscription_->options.outstanding_max))
        if (!scan(turn, window_max, budget, is_probe)) break;
    if (budget == 0) turn.wake_now();
}

/// Up to the end of one slice; false: there is no more, or it is enough for this turn.
bool Subscriber::scan(Turn& turn, std::size_t window_max, std::size_t& budget, bool is_probe) {
    const auto slice = turn.reader.after(scanned_);
    if (!slice) {
        log::error("{} cannot read the journal: {}", record_.name, slice.error().message);
        turn.wake_at(turn.steady + std::chrono::seconds(1));
        return false;
    }
    if (slice->empty()) return false;
    const auto& entries = slice->batch->entries;
    if (const auto first = entries[slice->index].offset; first > scanned_ + 1)
        note_missed(turn, scanned_ + 1, first - 1);
    for (auto i = slice->index; i < entries.size(); ++i) {
        if (slots_.size() >= window_max || budget == 0) return false;
        --budget;
        scanned_ = entries[i].offset;
        if (!subscription_->wants(entries[i].envelope.metadata.event_type)) continue;
        auto work = new_work();
        work->batch = slice->batch;
        work->entry = &entries[i];
        work->epoch = record_.epoch;
        work->lane = lane_of(entries[i].envelope);
        work->probe = is_probe;
        take_in(turn, std::move(work));
    }
    return budget > 0;
}

WorkPtr Subscriber::new_work() {
    auto work = std::make_shared<Work>();
    work->id = next_work_++;
    return work;
}

/// A new one of the window goes where its aggregate's order lets it.
void Subscriber::take_in(Turn& turn, WorkPtr work) {
    slots_.push_back({work->entry->offset, false});
    changed_ = true;
    auto& key = keys_[work->lane];
    if (key.rows > 0) return park(turn, work);
    if (key.in_flight == 0 || fresh_index_.contains(work->lane)) return post(std::move(work));
    key.held.emplace(work->entry->offset, std::move(work));
}

void Subscriber::post(WorkPtr work) {
    ++keys_[work->lane].in_flight;
    works_.emplace(work->id, work);
    const auto [found, is_new] = fresh_index_.emplace(work->lane, fresh_.size());
    if (is_new) fresh_.emplace_back();
    fresh_[found->second].push_back(std::move(work));
}

/// Paused by itself: one delivery now and then shows whether it would go well again.
void Subscriber::probe(Turn& turn) {
    if (record_.reason != reason_failing || !idle()) return;
    if (!probe_at_) probe_at_ = turn.now;
    if (turn.now < *probe_at_) return turn.wake_at(*probe_at_);
    if (!lease_for_probe(turn)) extend(turn, 1, true);
}

bool Subscriber::lease_for_probe(Turn& turn) {
    for (const bool suspect : {false, true}) {
        auto rows =
            turn.store().due(record_.id, DeliveryState::waiting, suspect, Timestamp::max(), 1);
        if (rows.empty()) continue;
        lease(turn, std::move(rows.front()), true);
        return true;
    }
    return false;
}

bool Subscriber::add_replayed(Turn& turn, const Entry& entry, std::int64_t replay, Timestamp due) {
    if (!subscription_->wants(entry.envelope.metadata.event_type)) return false;
    auto& store = turn.store();
    auto row = store.find_by_event(record_.id, *entry.envelope.metadata.event_id);
    if (row && row->state != DeliveryState::dead) return false;
    const bool was_dead = row.has_value();
    if (!row) row = delivery_of(entry, lane_of(entry.envelope), 0);
    row->state = DeliveryState::replaying;
    row->attempts = 0;
    row->replay = replay;
    row->due = due;
    if (was_dead)
        store.update(*row);
    else
        store.add(*row);
    dead_ -= was_dead;
    ++replaying_;
    return true;
}

}  // namespace rotacast::bus
