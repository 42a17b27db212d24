#pragma once

// Receives the journal's batches on loop 0, projects their entries, and publishes them to the hub.

#include "bus/journal.hpp"
#include "hub/hub.hpp"

#include <functional>
#include <string>

namespace rotacast::app {

/// Thread: loop 0 only, so that all loops see one order.
class Follower {
  public:
    /// `journal`: its state before the first batch that is passed in.
    Follower(hub::Hub& hub, const bus::JournalState& journal)
        : hub_(hub), epoch_(journal.epoch), last_(journal.last) {}

    void on_entries(const bus::EntryBatchPtr& batch);

    /// Calls `then` once, when entry `offset` was passed on or the epoch has changed; at once if
    /// that already happened. One waiter at a time.
    void when_shown(bus::Offset offset, std::function<void()> then);

  private:
    void show_early(const bus::EntryBatch& batch);
    void begin_epoch(const bus::EntryBatch& batch);
    void begin_after_hole(const bus::EntryBatch& batch);
    void call_waiter();

    hub::Hub& hub_;
    std::string epoch_;
    bus::Offset last_;
    bus::Offset awaited_ = 0;
    std::function<void()> then_;
};

}  // namespace rotacast::app
