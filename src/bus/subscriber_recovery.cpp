#include "bus/subscriber_recovery.hpp"

#include "base/log.hpp"
#include "bus/attempt_policy.hpp"
#include "bus/missed_entries.hpp"

namespace rotacast::bus {
namespace {

/// Attempts beyond the retry policy for a delivery that never ran isolated.
constexpr int attempts_forgiven_max = 3;

}  // namespace

void SubscriberRecovery::run(InterruptedBy interrupted_by) {
    find_position();
    rows_.load(cycle_.store());
    for (auto& row : cycle_.store().lost_leases(record_.id))
        recover_lease(std::move(row), interrupted_by);
    recover_window(interrupted_by);
}

void SubscriberRecovery::find_position() {
    record_.types = subscription_.types;
    record_.present = true;
    const auto& epoch = cycle_.reader.epoch();
    const auto shared = cycle_.reader.shared_with(record_.epoch);
    if (!record_.epoch.empty() && shared) {
        if (record_.begun > *shared) step_back(*shared);
        record_.epoch = epoch;
        return;
    }
    if (!record_.epoch.empty()) {
        log::warn("{}: the journal was replaced (another epoch); starting again", record_.name);
        if (record_.begun > record_.position) note_missed(record_.position + 1, record_.begun);
    }
    record_.epoch = epoch;
    start_anew();
}

/// After `shared` the journal has other entries than those that the subscriber saw, or none.
/// Started entries that were lost are counted as missed; deliveries with a row still run.
void SubscriberRecovery::step_back(Offset shared) {
    log::warn("{}: the journal has lost what was behind entry {}; going on there, not at {}",
              record_.name,
              shared,
              record_.position);
    if (record_.begun > record_.position)
        note_missed(std::max(record_.position, shared) + 1, record_.begun);
    record_.position = std::min(record_.position, shared);
    record_.begun = shared;
}

void SubscriberRecovery::start_anew() {
    const auto& start = subscription_.options.start;
    auto position = cycle_.reader.first() - 1;
    if (start.from == Start::From::now)
        position = std::min(subscription_.registered_at,
                            cycle_.reader.shared_with(record_.epoch).value_or(0));
    if (start.from == Start::From::cursor)
        if (const auto shared = cycle_.reader.shared_with(start.cursor.epoch))
            position = std::min(start.cursor.position.whole_entries(), *shared);
    record_.position = position;
    record_.begun = position;
}

/// The handler was running. If the process ended, this delivery may be the cause.
void SubscriberRecovery::recover_lease(Delivery row, InterruptedBy interrupted_by) {
    if (interrupted_by == InterruptedBy::failed_store) {
        row.due = cycle_.now;
        return rows_.give_back(cycle_, row);
    }
    const auto& policy = subscription_.options.retry;
    const auto outcome = process_ended();
    const bool was_suspect = row.suspect;
    const bool is_the_cause = row.isolated >= CrashQuarantine::isolated_ends_max ||
                              row.attempts >= policy.attempts + attempts_forgiven_max;
    note_failure(row, outcome.failure, cycle_.now);
    ++record_.failed_attempts;
    record_.last_error = outcome.failure.name;
    if (!retry(row, outcome, policy, cycle_.now, chance_())) {
        row.state = DeliveryState::waiting;
        row.due = cycle_.now;
        // Unless it is proven to be the cause, it gets one more attempt, isolated: other handlers
        // ran beside it.
        if (is_the_cause) rows_.make_dead(cycle_, row);
    }
    if (row.state == DeliveryState::waiting) row.suspect = true;
    rows_.update_failed(cycle_, row, was_suspect);
    trace(record_.name, row.entry, row.attempts, outcome, {}, row.state);
}

/// Gives a row to each started, unfinished entry.
void SubscriberRecovery::recover_window(InterruptedBy interrupted_by) {
    for (auto at = record_.position; at < record_.begun;) {
        const auto slice = cycle_.reader.after(at);
        if (!slice) return cycle_.fail(slice.error());
        if (slice->empty()) break;
        const auto& entries = slice->batch->entries;
        if (const auto first = entries[slice->index].offset; first > at + 1)
            note_missed(at + 1, std::min(first - 1, record_.begun));
        for (auto i = slice->index; i < entries.size() && at < record_.begun; ++i) {
            at = entries[i].offset;
            if (at > record_.begun) break;
            if (subscription_.wants(entries[i].envelope.metadata.event_type))
                recover_entry(entries[i], interrupted_by);
        }
    }
    record_.position = record_.begun;
}

/// If the process ended, the entry counts as failed once and will run as a suspect.
void SubscriberRecovery::recover_entry(const Entry& entry, InterruptedBy interrupted_by) {
    const bool suspect = interrupted_by == InterruptedBy::ended_process;
    const auto outcome = process_ended();
    auto row = rows_.row_of(entry, ordering_key_of(entry.envelope), suspect ? 1 : 0);
    if (suspect) note_failure(row, outcome.failure, cycle_.now);
    row.suspect = suspect;
    if (!rows_.add_behind(cycle_, row) || !suspect) return;
    ++record_.failed_attempts;
    record_.last_error = outcome.failure.name;
}

void SubscriberRecovery::note_missed(Offset from, Offset to) {
    note_missed_entries(cycle_, record_, from, to);
}

}  // namespace rotacast::bus
