#include "bus/delivery_rows.hpp"

#include "bus/attempt_policy.hpp"

namespace rotacast::bus {
namespace {

constexpr std::size_t admitted_per_cycle = 64;

}  // namespace

void DeliveryRows::refresh_counts(DeliveryStore& store) {
    const auto counts = store.count(record_.id);
    const auto of = [&](DeliveryState state) { return counts[static_cast<std::size_t>(state)]; };
    outstanding_ =
        of(DeliveryState::pending) + of(DeliveryState::waiting) + of(DeliveryState::leased);
    replaying_ = of(DeliveryState::replaying);
    dead_ = of(DeliveryState::dead);
}

void DeliveryRows::load(DeliveryStore& store) {
    refresh_counts(store);
    const auto outstanding = store.outstanding(record_.id);
    suspects_ = outstanding.suspects;
    for (const auto& [key, rows] : outstanding.by_key) keys_.set_rows(key, rows);
}

Delivery DeliveryRows::row_of(const Entry& entry, std::uint64_t ordering_key, int attempts) const {
    Delivery row;
    row.subscriber = record_.id;
    row.epoch = record_.epoch;
    row.entry = entry;
    row.ordering_key = ordering_key;
    row.attempts = attempts;
    return row;
}

bool DeliveryRows::add_behind(DispatchCycle& cycle, Delivery& row) {
    row.state = keys_.state_of_next_row(row.ordering_key);
    row.due = cycle.now;
    if (!cycle.store().add(row)) return false;
    keys_.add_row(row.ordering_key);
    ++outstanding_;
    suspects_ += row.suspect;
    return true;
}

void DeliveryRows::add_failed(DispatchCycle& cycle, Delivery& row) {
    const bool dead = row.state == DeliveryState::dead;
    if (!dead && keys_.has_rows(row.ordering_key)) row.state = DeliveryState::pending;
    const bool added = cycle.store().add(row);
    if (added && !dead) {
        keys_.add_row(row.ordering_key);
        ++outstanding_;
    }
    dead_ += dead;
}

bool DeliveryRows::add_replayed(DispatchCycle& cycle,
                                const Entry& entry,
                                std::int64_t replay,
                                Timestamp due) {
    auto& store = cycle.store();
    auto row = store.find_by_event(record_.id, *entry.envelope.metadata.event_id);
    if (row && row->state != DeliveryState::dead) return false;
    const bool was_dead = row.has_value();
    if (!row) row = row_of(entry, ordering_key_of(entry.envelope), 0);
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

void DeliveryRows::admit_replayed(DispatchCycle& cycle) {
    if (replaying_ == 0) return;
    auto& store = cycle.store();
    auto rows =
        store.due(record_.id, DeliveryState::replaying, false, cycle.now, admitted_per_cycle);
    for (auto& row : rows) {
        row.state = keys_.state_of_next_row(row.ordering_key);
        row.due = cycle.now;
        store.update(row);
        keys_.add_row(row.ordering_key);
        ++outstanding_;
        --replaying_;
    }
    if (rows.size() == admitted_per_cycle) return cycle.wake_now();
    if (auto next = store.next_due(record_.id, DeliveryState::replaying, false, cycle.now))
        cycle.wake_at(*next);
}

void DeliveryRows::lease_due(DispatchCycle& cycle,
                             std::size_t leased_max,
                             const std::function<void(Delivery)>& lease) {
    if (outstanding_ <= static_cast<std::int64_t>(leased_)) return;
    if (cycle.steady < lease_at_) return cycle.wake_at(lease_at_);
    auto& store = cycle.store();
    if (leased_ < leased_max) {
        auto rows =
            store.due(record_.id, DeliveryState::waiting, false, cycle.now, leased_max - leased_);
        for (auto& row : rows)
            if (!keys_.in_flight(row.ordering_key)) lease(std::move(row));
        // If the bound was reached there are more rows, which follow as soon as these are done.
        if (!rows.empty() && leased_ < leased_max) lease_at_ = cycle.steady + options_.gather;
    }
    if (auto next = store.next_due(record_.id, DeliveryState::waiting, false, cycle.now))
        cycle.wake_at(std::max(cycle.steady + (*next - cycle.now), lease_at_));
}

std::optional<Delivery> DeliveryRows::due_suspect(DispatchCycle& cycle) {
    auto& store = cycle.store();
    auto rows = store.due(record_.id, DeliveryState::waiting, true, cycle.now, 1);
    if (!rows.empty()) return std::move(rows.front());
    if (auto next = store.next_due(record_.id, DeliveryState::waiting, true, cycle.now))
        cycle.wake_at(*next);
    return std::nullopt;
}

std::optional<Delivery> DeliveryRows::first_waiting(DispatchCycle& cycle) {
    for (const bool suspect : {false, true}) {
        auto rows =
            cycle.store().due(record_.id, DeliveryState::waiting, suspect, Timestamp::max(), 1);
        if (!rows.empty()) return std::move(rows.front());
    }
    return std::nullopt;
}

void DeliveryRows::lease(DispatchCycle& cycle, Delivery& row) {
    row.state = DeliveryState::leased;
    ++row.attempts;
    cycle.store().lease(row, cycle.now + options_.lease);
    if (!renewed_) renewed_ = cycle.steady;
    ++leased_;
}

void DeliveryRows::renew_leases(DispatchCycle& cycle) {
    if (leased_ == 0) return renewed_.reset();
    const auto interval = options_.lease / 3;
    if (cycle.steady - *renewed_ >= interval) {
        cycle.store().renew_leases(record_.id, cycle.now + options_.lease);
        renewed_ = cycle.steady;
    }
    cycle.wake_at(*renewed_ + interval);
}

void DeliveryRows::give_back(DispatchCycle& cycle, Delivery& row) {
    row.state = DeliveryState::waiting;
    row.isolated = 0;
    --row.attempts;
    cycle.store().update(row);
}

void DeliveryRows::remove_done(DispatchCycle& cycle, const Delivery& row) {
    cycle.store().remove(row.id);
    cycle.store().end_replay_of(row.replay, DeliveryState::leased);
    suspects_ -= row.suspect;
    --outstanding_;
    row_left(cycle, row.ordering_key);
}

void DeliveryRows::make_dead(DispatchCycle& cycle, Delivery& row) {
    cycle.store().end_replay_of(row.replay, DeliveryState::dead);
    dead_letter(row);
}

void DeliveryRows::update_failed(DispatchCycle& cycle, const Delivery& row, bool was_suspect) {
    cycle.store().update(row);
    suspects_ += static_cast<std::int64_t>(row.suspect) - static_cast<std::int64_t>(was_suspect);
    if (row.state != DeliveryState::dead) return;
    --outstanding_;
    ++dead_;
    row_left(cycle, row.ordering_key);
}

void DeliveryRows::row_left(DispatchCycle& cycle, std::uint64_t key) {
    if (!keys_.remove_row(key)) return;
    cycle.store().promote(record_.id, key, cycle.now);
    lease_at_ = cycle.steady;  // it has waited long enough already
}

}  // namespace rotacast::bus
