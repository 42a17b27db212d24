// Which attempts a Subscriber starts next: suspects, replayed letters, due rows, new entries.

#include "base/log.hpp"
#include "bus/subscriber.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

constexpr std::size_t entries_per_cycle = 4096;
constexpr std::size_t admitted_per_cycle = 64;
constexpr std::size_t leased_per_executor = 16;

}  // namespace

void Subscriber::begin_next(DispatchCycle& cycle) {
    if (cycle.quarantine.holds_up(record_.id, cycle.steady))
        return cycle.wake_at(cycle.quarantine.since + CrashQuarantine::hold_max);
    if (record_.paused) return probe(cycle);
    if (suspects_ > 0 && lease_suspect(cycle)) return;
    admit_replayed(cycle);
    lease_due(cycle);
    extend(cycle, window_max_, false);
}

/// Moves replaying deliveries that are due to the outstanding ones of their ordering key.
void Subscriber::admit_replayed(DispatchCycle& cycle) {
    if (replaying_ == 0) return;
    auto& store = cycle.store();
    auto rows =
        store.due(record_.id, DeliveryState::replaying, false, cycle.now, admitted_per_cycle);
    for (auto& row : rows) {
        auto& key = keys_[row.ordering_key];
        row.state = key.rows == 0 ? DeliveryState::waiting : DeliveryState::pending;
        row.due = cycle.now;
        store.update(row);
        ++key.rows;
        ++outstanding_;
        --replaying_;
    }
    if (rows.size() == admitted_per_cycle) return cycle.wake_now();
    if (auto next = store.next_due(record_.id, DeliveryState::replaying, false, cycle.now))
        cycle.wake_at(*next);
}

/// Returns true if nothing else of this subscriber may start.
bool Subscriber::lease_suspect(DispatchCycle& cycle) {
    if (suspect_runs_) return true;
    auto& store = cycle.store();
    auto rows = store.due(record_.id, DeliveryState::waiting, true, cycle.now, 1);
    if (rows.empty()) {
        if (auto next = store.next_due(record_.id, DeliveryState::waiting, true, cycle.now))
            cycle.wake_at(*next);
        return false;
    }
    auto& quarantine = cycle.quarantine;
    if (!quarantine.free_for(record_.id, cycle.steady)) {
        cycle.wake_at(quarantine.since + CrashQuarantine::hold_max);
        return false;
    }
    if (quarantine.holder != record_.id) quarantine.take(record_.id, cycle.steady);
    auto& row = rows.front();
    if (!idle() || !may_run_now(cycle, row)) return true;
    quarantine.since = cycle.steady;
    suspect_runs_ = true;
    lease(cycle, std::move(row), false);
    return true;
}

/// A delivery with few attempts left waits, within bounds, until no other handler runs.
bool Subscriber::may_run_now(DispatchCycle& cycle, Delivery& row) const {
    auto& quarantine = cycle.quarantine;
    const auto attempts_left = subscription_->options.retry.attempts - row.attempts;
    if (attempts_left > CrashQuarantine::isolated_ends_max) return true;
    if (!quarantine.isolating) {
        quarantine.since = cycle.steady;
        quarantine.isolating = true;  // no other handler starts from the next cycle on
        cycle.wake_now();
        return false;
    }
    cycle.wake_at(quarantine.since + CrashQuarantine::hold_max);
    const bool alone = quarantine.running == 0;
    row.isolated += alone;
    return alone || quarantine.expired(cycle.steady);
}

void Subscriber::lease_due(DispatchCycle& cycle) {
    if (outstanding_ <= static_cast<std::int64_t>(rows_in_flight_)) return;
    if (cycle.steady < lease_at_) return cycle.wake_at(lease_at_);
    const auto bound = std::min(leased_per_executor, window_max_) * executors_.size();
    auto& store = cycle.store();
    if (rows_in_flight_ < bound) {
        auto rows = store.due(
            record_.id, DeliveryState::waiting, false, cycle.now, bound - rows_in_flight_);
        for (auto& row : rows)
            if (keys_[row.ordering_key].in_flight == 0) lease(cycle, std::move(row), false);
        // If the bound was reached there are more rows, which follow as soon as these are done.
        if (!rows.empty() && rows_in_flight_ < bound)
            lease_at_ = cycle.steady + tools_.options.gather;
    }
    if (auto next = store.next_due(record_.id, DeliveryState::waiting, false, cycle.now))
        cycle.wake_at(std::max(cycle.steady + (*next - cycle.now), lease_at_));
}

/// Counts the attempt before it is made.
void Subscriber::lease(DispatchCycle& cycle, Delivery row, bool is_probe) {
    row.state = DeliveryState::leased;
    ++row.attempts;
    cycle.store().lease(row, cycle.now + tools_.options.lease);
    if (!renewed_) renewed_ = cycle.steady;
    ++rows_in_flight_;
    auto work = new_work();
    work->epoch = row.epoch;
    work->ordering_key = row.ordering_key;
    work->attempt = row.attempts;
    work->probe = is_probe;
    work->row = std::move(row);
    work->entry = &work->row->entry;
    post(work);
    if (work->row->readable) return;
    fresh_.pop_back();
    fresh_index_.erase(work->ordering_key);
    AttemptResult unreadable;
    unreadable.work = work;
    unreadable.outcome = Outcome::permanent("Unreadable", "This version cannot read the event.");
    settle(cycle, unreadable);
}

void Subscriber::extend(DispatchCycle& cycle, std::size_t window_max, bool is_probe) {
    auto budget = entries_per_cycle;
    while (slots_.size() < window_max &&
           outstanding_ < static_cast<std::int64_t>(subscription_->options.outstanding_max))
        if (!scan(cycle, window_max, budget, is_probe)) break;
    if (budget == 0) cycle.wake_now();
}

/// Reads to the end of one slice. Returns false if there are no more entries or a bound is reached.
bool Subscriber::scan(DispatchCycle& cycle,
                      std::size_t window_max,
                      std::size_t& budget,
                      bool is_probe) {
    const auto slice = cycle.reader.after(scanned_);
    if (!slice) {
        log::error("{} cannot read the journal: {}", record_.name, slice.error().message);
        cycle.wake_at(cycle.steady + std::chrono::seconds(1));
        return false;
    }
    if (slice->empty()) return false;
    // Started entries keep their batches in memory, so these are bounded in bytes.
    if (!slots_.empty() && slots_.back().batch != slice->batch.get() &&
        window_bytes_ >= tools_.options.recent_bytes_max)
        return false;
    const auto& entries = slice->batch->entries;
    if (const auto first = entries[slice->index].offset; first > scanned_ + 1)
        note_missed(cycle, scanned_ + 1, first - 1);
    for (auto i = slice->index; i < entries.size(); ++i) {
        if (slots_.size() >= window_max || budget == 0) return false;
        --budget;
        scanned_ = entries[i].offset;
        if (!subscription_->wants(entries[i].envelope.metadata.event_type)) continue;
        auto work = new_work();
        work->batch = slice->batch;
        work->entry = &entries[i];
        work->epoch = record_.epoch;
        work->ordering_key = ordering_key_of(entries[i].envelope);
        work->probe = is_probe;
        take_in(cycle, std::move(work));
    }
    return budget > 0;
}

DeliveryAttemptPtr Subscriber::new_work() {
    auto work = std::make_shared<DeliveryAttempt>();
    work->id = tools_.next_work();
    return work;
}

/// Starts, holds or parks a new entry of the window, as the order of its key requires.
void Subscriber::take_in(DispatchCycle& cycle, DeliveryAttemptPtr work) {
    add_slot(*work);
    changed_ = true;
    auto& key = keys_[work->ordering_key];
    if (key.rows > 0) return park(cycle, work);
    if (key.in_flight == 0 || fresh_index_.contains(work->ordering_key))
        return post(std::move(work));
    key.held.emplace(work->entry->offset, std::move(work));
}

void Subscriber::post(DeliveryAttemptPtr work) {
    ++keys_[work->ordering_key].in_flight;
    works_.emplace(work->id, work);
    const auto [found, is_new] = fresh_index_.emplace(work->ordering_key, fresh_.size());
    if (is_new) fresh_.emplace_back();
    fresh_[found->second].push_back(std::move(work));
}

/// While the subscriber has paused itself, tries one delivery from time to time.
void Subscriber::probe(DispatchCycle& cycle) {
    if (record_.reason != reason_failing || !idle()) return;
    if (!probe_at_) probe_at_ = cycle.now;
    if (cycle.now < *probe_at_) return cycle.wake_at(*probe_at_);
    if (!lease_for_probe(cycle)) extend(cycle, 1, true);
}

bool Subscriber::lease_for_probe(DispatchCycle& cycle) {
    for (const bool suspect : {false, true}) {
        auto rows =
            cycle.store().due(record_.id, DeliveryState::waiting, suspect, Timestamp::max(), 1);
        if (rows.empty()) continue;
        lease(cycle, std::move(rows.front()), true);
        return true;
    }
    return false;
}

bool Subscriber::add_replayed(DispatchCycle& cycle,
                              const Entry& entry,
                              std::int64_t replay,
                              Timestamp due) {
    if (!subscription_->wants(entry.envelope.metadata.event_type)) return false;
    auto& store = cycle.store();
    auto row = store.find_by_event(record_.id, *entry.envelope.metadata.event_id);
    if (row && row->state != DeliveryState::dead) return false;
    const bool was_dead = row.has_value();
    if (!row) row = delivery_of(entry, ordering_key_of(entry.envelope), 0);
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
