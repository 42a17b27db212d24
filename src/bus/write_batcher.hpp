#pragma once

// The transaction that dispatch cycles share (docs/adr/0023). Rows that a handler is about to rely
// on are committed before it runs. Rows that only record an outcome wait for a moment and go with
// the next commit: each commit rewrites pages, and a handler that always fails would otherwise keep
// the disk from the journal.

#include "bus/clock.hpp"
#include "bus/delivery_store.hpp"

#include <chrono>
#include <optional>

namespace rotacast::bus {

/// Thread: the dispatcher's. A crash undoes what is not committed; it is then done again.
class WriteBatcher {
  public:
    /// Nothing waits longer than `gather`.
    WriteBatcher(DeliveryStore& store, std::chrono::milliseconds gather)
        : store_(store), gather_(gather) {}

    /// In the transaction, which begins at the first call.
    DeliveryStore& store(SteadyTime now) {
        if (!due_) store_.begin(Durability::safe);
        if (!due_) due_ = now + gather_;
        return store_;
    }

    /// When what waits is to be committed.
    const std::optional<SteadyTime>& due() const { return due_; }

    /// All that waits is stored, or (after an error) nothing of it.
    Result<void> commit() {
        if (!due_) return {};
        due_.reset();
        return store_.commit();
    }

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
