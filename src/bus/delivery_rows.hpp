#pragma once

// Reads and writes the rows of one subscriber in the store of deliveries, and keeps their numbers
// in memory.
//
// A failed delivery gets a row, and so do later ones of its ordering key, until they are done too.
// The numbers of rows and of each key's outstanding rows (OrderingKeys) change with each write, so
// that a subscriber without rows does not ask the store. Of each key at most one row is waiting or
// leased; the others are pending behind it.

#include "bus/dispatch_cycle.hpp"
#include "bus/dispatcher_options.hpp"
#include "bus/ordering_keys.hpp"

#include <functional>
#include <optional>

namespace rotacast::bus {

/// Thread: the dispatcher's. Writes in the cycle's transaction; the caller bounds the rows.
class DeliveryRows {
  public:
    /// All three must outlive it. Reads the id and the epoch of the record.
    DeliveryRows(const SubscriberRecord& record,
                 const DispatcherOptions& options,
                 OrderingKeys& keys)
        : record_(record), options_(options), keys_(keys) {}

    /// Reads the numbers that an operator can change.
    void refresh_counts(DeliveryStore& store);
    /// Reads all numbers. Call it once, before anything else that changes rows.
    void load(DeliveryStore& store);

    std::int64_t outstanding() const { return outstanding_; }
    std::int64_t replaying() const { return replaying_; }
    std::int64_t dead() const { return dead_; }
    std::int64_t suspects() const { return suspects_; }
    /// Leased by this object, so their attempts are in flight.
    std::size_t leased() const { return leased_; }

    /// A delivery of the entry for this subscriber, not yet stored.
    Delivery row_of(const Entry& entry, std::uint64_t ordering_key, int attempts) const;

    // New rows.

    /// Adds an outstanding row behind the others of its key, due now. Returns false if the event
    /// has a row already.
    bool add_behind(DispatchCycle& cycle, Delivery& row);
    /// Adds the row of a delivery that failed and is waiting or dead.
    void add_failed(DispatchCycle& cycle, Delivery& row);
    /// Schedules the entry as a dead letter to be replayed. Returns false if it has an outstanding,
    /// replaying or discarded row.
    bool add_replayed(DispatchCycle& cycle, const Entry& entry, std::int64_t replay, Timestamp due);

    // Rows whose turn it is. All of these request the next cycle if rows become due later.

    /// Moves replaying rows that are due to the outstanding ones of their ordering key.
    void admit_replayed(DispatchCycle& cycle);
    /// Calls `lease` with each row that is due, is no suspect and has no attempt of its key in
    /// flight, while less than `leased_max` are leased. Due rows are collected, so that they start
    /// together, not one by one.
    void lease_due(DispatchCycle& cycle,
                   std::size_t leased_max,
                   const std::function<void(Delivery)>& lease);
    std::optional<Delivery> due_suspect(DispatchCycle& cycle);
    /// The first waiting row, even if it is not due. Prefers those that are not suspect.
    std::optional<Delivery> first_waiting(DispatchCycle& cycle);

    // Leases.

    /// Counts the attempt before it is made.
    void lease(DispatchCycle& cycle, Delivery& row);
    /// Call it once for each lease, after the row was changed by one of the functions below.
    void end_lease() { --leased_; }
    void renew_leases(DispatchCycle& cycle);

    // Outcomes.

    /// The attempt was not made: it does not count.
    void give_back(DispatchCycle& cycle, Delivery& row);
    void remove_done(DispatchCycle& cycle, const Delivery& row);
    /// Makes the delivery a dead letter, and counts it in its replay. Call update_failed() or
    /// add_failed() then.
    void make_dead(DispatchCycle& cycle, Delivery& row);
    /// Stores a row that failed and is waiting or dead. `was_suspect`: before the attempt.
    void update_failed(DispatchCycle& cycle, const Delivery& row, bool was_suspect);

  private:
    void row_left(DispatchCycle& cycle, std::uint64_t key);

    const SubscriberRecord& record_;
    const DispatcherOptions& options_;
    OrderingKeys& keys_;

    // Numbers of rows by state, where the next step depends on them.
    std::int64_t outstanding_ = 0;
    std::int64_t replaying_ = 0;
    std::int64_t dead_ = 0;
    std::int64_t suspects_ = 0;
    std::size_t leased_ = 0;
    std::optional<SteadyTime> renewed_;
    SteadyTime lease_at_ = SteadyTime::min();  // when due rows are started together
};

}  // namespace rotacast::bus
