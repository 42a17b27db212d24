#pragma once

// The transaction that dispatch cycles share (docs/adr/0023). Rows that a handler relies on are
// committed before it runs. Rows that only record an outcome wait a moment for the next commit:
// each commit rewrites pages, and a handler that always fails would otherwise keep the disk from
// the journal.

#include "bus/clock.hpp"
#include "bus/delivery_store.hpp"

#include <chrono>
#include <optional>

namespace rotacast::bus {

/// Thread: the dispatcher's. Work whose rows were not committed before a crash is repeated.
class WriteBatcher {
  public:
    /// No row waits longer than `gather`.
    WriteBatcher(DeliveryStore& store, std::chrono::milliseconds gather)
        : store_(store), gather_(gather) {}

    /// The store, in the transaction, which the first call begins.
    DeliveryStore& store(SteadyTime now) {
        if (!due_) store_.begin(Durability::safe);
        if (!due_) due_ = now + gather_;
        return store_;
    }

    /// When the waiting rows must be committed; nullopt: none wait.
    const std::optional<SteadyTime>& due() const { return due_; }

    /// Stores all waiting rows or, after an error, none of them.
    Result<void> commit() {
        if (!due_) return {};
        due_.reset();
        return store_.commit();
    }

    /// Discards all waiting rows.
    void roll_back() {
        if (due_) (void)store_.roll_back();
        due_.reset();
    }

  private:
    DeliveryStore& store_;
    const std::chrono::milliseconds gather_;
    std::optional<SteadyTime> due_;
};

}  // namespace rotacast::bus
