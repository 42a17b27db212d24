// Which attempts a Subscriber starts next: suspects, replayed letters, due rows, new entries.

#include "base/log.hpp"
#include "bus/missed_entries.hpp"
#include "bus/subscriber.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

constexpr std::size_t entries_per_cycle = 4096;
constexpr std::size_t leased_per_executor = 16;

}  // namespace

void Subscriber::begin_next(DispatchCycle& cycle) {
    if (cycle.quarantine.holds_up(record_.id, cycle.steady))
        return cycle.wake_at(cycle.quarantine.until());
    if (is_held_back(cycle)) return cycle.wake_at(*held_until_);
    if (pause_.paused()) return probe(cycle);
    if (rows_.suspects() > 0 && lease_suspect(cycle)) return;
    rows_.admit_replayed(cycle);
    const auto leased_max =
        std::min(leased_per_executor, window_limit_.entries()) * runner_.executors();
    rows_.lease_due(
        cycle, leased_max, [this, &cycle](Delivery row) { lease(cycle, std::move(row), false); });
    extend(cycle, window_limit_.entries(), false);
}

bool Subscriber::is_held_back(DispatchCycle& cycle) {
    if (held_until_ && cycle.now >= *held_until_) held_until_.reset();
    return held_until_.has_value();
}

/// Returns true if nothing else of this subscriber may start.
bool Subscriber::lease_suspect(DispatchCycle& cycle) {
    if (suspect_runs_) return true;
    auto row = rows_.due_suspect(cycle);
    if (!row) return false;
    auto& quarantine = cycle.quarantine;
    if (!quarantine.free_for(record_.id, cycle.steady)) {
        cycle.wake_at(quarantine.until());
        return false;
    }
    if (quarantine.holder != record_.id) quarantine.take(record_.id, cycle.steady);
    if (!idle() || !may_run_now(cycle, *row)) return true;
    quarantine.start(cycle.steady);
    suspect_runs_ = true;
    lease(cycle, std::move(*row), false);
    return true;
}

/// A delivery with few attempts left waits, within bounds, until no other handler runs.
bool Subscriber::may_run_now(DispatchCycle& cycle, Delivery& row) const {
    auto& quarantine = cycle.quarantine;
    const auto attempts_left = subscription_->options.retry.attempts - row.attempts;
    if (attempts_left > CrashQuarantine::isolated_ends_max) return true;
    if (!quarantine.isolate(cycle.steady)) {
        cycle.wake_now();
        return false;
    }
    cycle.wake_at(quarantine.until());
    const bool alone = quarantine.running == 0;
    row.isolated += alone;
    return alone || quarantine.expired(cycle.steady);
}

/// Prepares an attempt of a waiting row.
void Subscriber::lease(DispatchCycle& cycle, Delivery row, bool is_probe) {
    rows_.lease(cycle, row);
    auto work = new_work();
    work->epoch = row.epoch;
    work->ordering_key = row.ordering_key;
    work->attempt = row.attempts;
    work->probe = is_probe;
    work->row = std::move(row);
    work->entry = &work->row->entry;
    prepare(work);
    if (work->row->readable) return;
    runner_.withdraw(*work);
    AttemptResult unreadable;
    unreadable.work = work;
    unreadable.outcome = Outcome::permanent("Unreadable", "This version cannot read the event.");
    settle(cycle, unreadable);
}

void Subscriber::extend(DispatchCycle& cycle, std::size_t window_max, bool is_probe) {
    const auto outstanding_max = static_cast<std::int64_t>(subscription_->options.outstanding_max);
    auto budget = entries_per_cycle;
    while (window_.size() < window_max && rows_.outstanding() < outstanding_max)
        if (!scan(cycle, window_max, budget, is_probe)) break;
    if (budget == 0) cycle.wake_now();
}

/// Reads to the end of one slice. Returns false if there are no more entries or a bound is reached.
bool Subscriber::scan(DispatchCycle& cycle,
                      std::size_t window_max,
                      std::size_t& budget,
                      bool is_probe) {
    const auto slice = cycle.reader.after(window_.last_read());
    if (!slice) {
        log::error("{} cannot read the journal: {}", record_.name, slice.error().message);
        cycle.wake_at(cycle.steady + std::chrono::seconds(1));
        return false;
    }
    if (slice->empty()) return false;
    if (!window_.has_room_for(*slice->batch, context_.options.recent_bytes_max)) return false;
    const auto& entries = slice->batch->entries;
    if (const auto next = window_.last_read() + 1; entries[slice->index].offset > next) {
        note_missed_entries(cycle, record_, next, entries[slice->index].offset - 1);
        changed_ = true;
    }
    for (auto i = slice->index; i < entries.size(); ++i) {
        if (window_.size() >= window_max || budget == 0) return false;
        --budget;
        window_.read(entries[i].offset);
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

/// Starts, holds or parks a new entry of the window, as the order of its key requires.
void Subscriber::take_in(DispatchCycle& cycle, DeliveryAttemptPtr work) {
    const auto key = work->ordering_key;
    window_.add(work->entry->offset, *work->batch);
    changed_ = true;
    if (keys_.has_rows(key)) return park(cycle, *work);
    if (!keys_.in_flight(key) || runner_.has_prepared(key)) return prepare(std::move(work));
    keys_.hold(std::move(work));
}

/// While the subscriber has paused itself, tries one delivery from time to time.
void Subscriber::probe(DispatchCycle& cycle) {
    if (!idle()) return;
    const auto at = pause_.next_probe(cycle.now);
    if (!at) return;
    if (cycle.now < *at) return cycle.wake_at(*at);
    if (auto row = rows_.first_waiting(cycle))
        lease(cycle, std::move(*row), true);
    else
        extend(cycle, 1, true);
}

DeliveryAttemptPtr Subscriber::new_work() const {
    auto work = std::make_shared<DeliveryAttempt>();
    work->id = context_.next_work();
    return work;
}

void Subscriber::prepare(DeliveryAttemptPtr work) {
    keys_.begin_attempt(work->ordering_key);
    runner_.prepare(std::move(work));
}

/// Gives the delivery a row behind the other rows of its key, in place of an attempt.
void Subscriber::park(DispatchCycle& cycle, const DeliveryAttempt& work) {
    auto row = rows_.row_of(*work.entry, work.ordering_key, 0);
    rows_.add_behind(cycle, row);
    window_.mark_done(work.entry->offset);
    changed_ = true;
}

}  // namespace rotacast::bus
