#pragma once

// Reads the journal's tail in order and hands each entry on: to the projector and the hub, so to
// the screens.

#include "bus/journal.hpp"
#include "hub/hub.hpp"

namespace rotacast::app {

/// Thread: loop 0 alone, so that every loop sees one order.
class Follower {
  public:
    explicit Follower(hub::Hub& hub) : hub_(hub) {}

    void on_entries(const bus::EntryBatchPtr& batch);

  private:
    hub::Hub& hub_;
    bus::Offset last_ = 0;
};

}  // namespace rotacast::app
