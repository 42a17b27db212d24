// How a Subscriber starts: finds its position in the journal and recovers what an earlier process
// left unfinished.

#include "base/log.hpp"
#include "bus/attempt_policy.hpp"
#include "bus/subscriber.hpp"

namespace rotacast::bus {
namespace {

/// Attempts beyond the retry policy for a delivery that never ran isolated.
constexpr int attempts_forgiven_max = 3;

}  // namespace

void Subscriber::recover(DispatchCycle& cycle, LeftBy left_by) {
    auto& store = cycle.store();
    find_position(cycle);
    refresh_counts(store);
    const auto outstanding = store.outstanding(record_.id);
    suspects_ = outstanding.suspects;
    for (const auto& [key, rows] : outstanding.by_key) keys_[key].rows = rows;
    for (auto& row : store.lost_leases(record_.id)) recover_lease(cycle, std::move(row), left_by);
    recover_window(cycle, left_by);
    scanned_ = record_.position;
    changed_ = true;
}

void Subscriber::find_position(DispatchCycle& cycle) {
    record_.types = subscription_->types;
    record_.present = true;
    const auto& epoch = cycle.reader.epoch();
    const auto shared = cycle.reader.shared_with(record_.epoch);
    if (!record_.epoch.empty() && shared) {
        if (record_.begun > *shared) step_back(cycle, *shared);
        record_.epoch = epoch;
        return;
    }
    if (!record_.epoch.empty()) {
        log::warn("{}: the journal was replaced (another epoch); starting again", record_.name);
        if (record_.begun > record_.position)
            note_missed(cycle, record_.position + 1, record_.begun);
    }
    record_.epoch = epoch;
    start_anew(cycle);
}

/// After `shared` the journal has other entries than those that the subscriber saw, or none.
/// Started entries that were lost are counted as missed; deliveries with a row still run.
void Subscriber::step_back(DispatchCycle& cycle, Offset shared) {
    log::warn("{}: the journal has lost what was behind entry {}; going on there, not at {}",
              record_.name,
              shared,
              record_.position);
    if (record_.begun > record_.position)
        note_missed(cycle, std::max(record_.position, shared) + 1, record_.begun);
    record_.position = std::min(record_.position, shared);
    record_.begun = shared;
}

void Subscriber::start_anew(DispatchCycle& cycle) {
    const auto& start = subscription_->options.start;
    auto place = cycle.reader.first() - 1;
    if (start.from == Start::From::now)
        place = std::min(subscription_->registered_at,
                         cycle.reader.shared_with(record_.epoch).value_or(0));
    if (start.from == Start::From::cursor)
        if (const auto shared = cycle.reader.shared_with(start.cursor.epoch))
            place = std::min(start.cursor.place.whole_entries(), *shared);
    record_.position = place;
    record_.begun = place;
}

/// The handler was running. If the process ended, this delivery may be the cause.
void Subscriber::recover_lease(DispatchCycle& cycle, Delivery row, LeftBy left_by) {
    if (left_by == LeftBy::failed_store) {
        row.state = DeliveryState::waiting;
        row.due = cycle.now;
        row.isolated = 0;
        --row.attempts;
        return cycle.store().update(row);
    }
    const auto& policy = subscription_->options.retry;
    const auto outcome = process_ended();
    const bool was_suspect = row.suspect;
    const bool is_the_cause = row.isolated >= CrashQuarantine::isolated_ends_max ||
                              row.attempts >= policy.attempts + attempts_forgiven_max;
    const auto replay = row.replay;
    note_failure(row, outcome.failure, cycle.now);
    ++record_.failed_attempts;
    record_.last_error = outcome.failure.name;
    if (!retry(row, outcome, policy, cycle.now, tools_.chance())) {
        row.state = DeliveryState::waiting;
        row.due = cycle.now;
        // Other handlers ran beside it, so it gets one more attempt, isolated.
        if (is_the_cause) dead_letter(row);
    }
    if (row.state == DeliveryState::waiting) row.suspect = true;
    suspects_ += static_cast<std::int64_t>(row.suspect) - static_cast<std::int64_t>(was_suspect);
    cycle.store().update(row);
    trace(record_.name, row.entry, row.attempts, outcome, {}, row.state);
    if (row.state != DeliveryState::dead) return;
    cycle.store().end_replay_of(replay, DeliveryState::dead);
    --outstanding_;
    ++dead_;
    row_left(cycle, row.ordering_key);
}

/// Gives a row to each started, unfinished entry. If the process ended, each counts as failed once
/// and will run as a suspect.
void Subscriber::recover_window(DispatchCycle& cycle, LeftBy left_by) {
    const auto outcome = process_ended();
    const bool suspect = left_by == LeftBy::ended_process;
    for (auto at = record_.position; at < record_.begun;) {
        const auto slice = cycle.reader.after(at);
        if (!slice) return cycle.fail(slice.error());
        if (slice->empty()) break;
        const auto& entries = slice->batch->entries;
        if (const auto first = entries[slice->index].offset; first > at + 1)
            note_missed(cycle, at + 1, std::min(first - 1, record_.begun));
        for (auto i = slice->index; i < entries.size() && at < record_.begun; ++i) {
            at = entries[i].offset;
            if (at > record_.begun) break;
            if (!subscription_->wants(entries[i].envelope.metadata.event_type)) continue;
            auto row = delivery_of(entries[i], ordering_key_of(entries[i].envelope), suspect);
            auto& key = keys_[row.ordering_key];
            if (suspect) note_failure(row, outcome.failure, cycle.now);
            row.suspect = suspect;
            row.due = cycle.now;
            row.state = key.rows == 0 ? DeliveryState::waiting : DeliveryState::pending;
            if (!cycle.store().add(row)) continue;
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

void Subscriber::note_missed(DispatchCycle& cycle, Offset from, Offset to) {
    const auto range = std::to_string(from) + "-" + std::to_string(to);
    log::warn("{}: missed entries {}: the journal has dropped them", record_.name, range);
    record_.missed += static_cast<std::int64_t>(to - from + 1);
    cycle.store().note(
        {0, record_.name, std::nullopt, {"missed", record_.epoch + "." + range, ""}, cycle.now});
    changed_ = true;
}

}  // namespace rotacast::bus
