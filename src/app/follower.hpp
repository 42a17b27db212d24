#pragma once

// Reads the journal's tail in order and hands each entry on: to the projector and the hub, so to
// the screens.

#include "bus/journal.hpp"
#include "hub/hub.hpp"

#include <functional>

namespace rotacast::app {

/// Thread: loop 0 alone, so that every loop sees one order.
class Follower {
  public:
    /// `position`: the journal's newest entry before the first one that it is given.
    Follower(hub::Hub& hub, bus::Offset position) : hub_(hub), last_(position) {}

    void on_entries(const bus::EntryBatchPtr& batch);

    /// Calls `then` once, when entry `offset` was handed on; at once if it was. One at a time.
    void when_shown(bus::Offset offset, std::function<void()> then);

  private:
    void call_who_waits();

    hub::Hub& hub_;
    bus::Offset last_;
    bus::Offset awaited_ = 0;
    std::function<void()> then_;
};

}  // namespace rotacast::app
