// What a Subscriber finds when it begins: its place in the journal, and what an earlier process
// left.

#include "base/log.hpp"
#include "bus/chain.hpp"
#include "bus/subscriber.hpp"

namespace rotacast::bus {
namespace {

/// Attempts beyond its policy's, for one that something else always ran beside.
constexpr int attempts_forgiven_max = 3;

}  // namespace

void Subscriber::recover(Turn& turn, LeftBy left_by) {
    auto& store = turn.store();
    find_place(turn);
    refresh_counts(store);
    const auto outstanding = store.outstanding(record_.id);
    suspects_ = outstanding.suspects;
    for (const auto& [lane, rows] : outstanding.by_lane) keys_[lane].rows = rows;
    for (auto& row : store.lost_leases(record_.id)) recover_lease(turn, std::move(row), left_by);
    recover_window(turn, left_by);
    scanned_ = record_.position;
    changed_ = true;
}

void Subscriber::find_place(Turn& turn) {
    record_.types = subscription_->types;
    record_.present = true;
    const auto& epoch = turn.reader.epoch();
    const auto shared = turn.reader.shared_with(record_.epoch);
    if (!record_.epoch.empty() && shared) {
        if (record_.begun > *shared) step_back(turn, *shared);
        record_.epoch = epoch;
        return;
    }
    if (!record_.epoch.empty()) {
        log::warn("{}: the journal is another one; starting anew", record_.name);
        if (record_.begun > record_.position)
            note_missed(turn, record_.position + 1, record_.begun);
    }
    record_.epoch = epoch;
    start_anew(turn);
}

/// Behind `shared` the journal has other entries than those that it has seen, or none. What it had
/// begun of them and not finished is gone; what has a row is still to be done, as the row says.
void Subscriber::step_back(Turn& turn, Offset shared) {
    log::warn("{}: the journal has lost what was behind entry {}; going on there, not at {}",
              record_.name,
              shared,
              record_.position);
    if (record_.begun > record_.position)
        note_missed(turn, std::max(record_.position, shared) + 1, record_.begun);
    record_.position = std::min(record_.position, shared);
    record_.begun = shared;
}

void Subscriber::start_anew(Turn& turn) {
    const auto& start = subscription_->options.start;
    auto place = turn.reader.first() - 1;
    if (start.from == Start::From::now)
        place = std::min(subscription_->registered_at,
                         turn.reader.shared_with(record_.epoch).value_or(0));
    if (start.from == Start::From::cursor)
        if (const auto shared = turn.reader.shared_with(start.cursor.epoch))
            place = std::min(start.cursor.place.whole_entries(), *shared);
    record_.position = place;
    record_.begun = place;
}

/// Its handler was running. If the process ended meanwhile, it may be the one that ended it.
void Subscriber::recover_lease(Turn& turn, Delivery row, LeftBy left_by) {
    if (left_by == LeftBy::failed_store) {
        row.state = DeliveryState::waiting;
        row.due = turn.now;
        row.isolated = 0;
        --row.attempts;
        return turn.store().update(row);
    }
    const auto& policy = subscription_->options.retry;
    const auto outcome = process_ended();
    const bool was_suspect = row.suspect;
    const bool is_the_one = row.isolated >= SuspectGate::isolated_ends_max ||
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

/// What was begun and not finished. If the process ended meanwhile, all of it failed once, and each
/// runs alone now.
void Subscriber::recover_window(Turn& turn, LeftBy left_by) {
    const auto outcome = process_ended();
    const bool suspect = left_by == LeftBy::ended_process;
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
            auto row = delivery_of(entries[i], lane_of(entries[i].envelope), suspect);
            auto& key = keys_[row.lane];
            if (suspect) note_failure(row, outcome.failure, turn.now);
            row.suspect = suspect;
            row.due = turn.now;
            row.state = key.rows == 0 ? DeliveryState::waiting : DeliveryState::pending;
            if (!turn.store().add(row)) continue;
            ++key.rows;
            ++outstanding_;
            if (!suspect) continue;
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

}  // namespace rotacast::bus
