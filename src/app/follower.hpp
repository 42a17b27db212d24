#pragma once

// Reads the journal's tail in order and hands each entry on: to the projector and the hub, so to
// the screens.

#include "bus/journal.hpp"
#include "hub/hub.hpp"

#include <functional>
#include <string>

namespace rotacast::app {

/// Thread: loop 0 alone, so that every loop sees one order.
class Follower {
  public:
    /// `journal`: as it stands before the first batch that it is given.
    Follower(hub::Hub& hub, const bus::JournalState& journal)
        : hub_(hub), epoch_(journal.epoch), last_(journal.last) {}

    void on_entries(const bus::EntryBatchPtr& batch);

    /// Calls `then` once, when entry `offset` was handed on, or the epoch has changed; at once if
    /// it was. One at a time.
    void when_shown(bus::Offset offset, std::function<void()> then);

  private:
    void begin_epoch(const bus::EntryBatch& batch);
    void call_who_waits();

    hub::Hub& hub_;
    std::string epoch_;
    bus::Offset last_;
    bus::Offset awaited_ = 0;
    std::function<void()> then_;
};

}  // namespace rotacast::app
