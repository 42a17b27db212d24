#pragma once

// What live connections and queries receive from: new events, stored events, and presence.

#include "bus/journal.hpp"
#include "hub/hub.hpp"
#include "live/history.hpp"
#include "presence/presence_board.hpp"

#include <cstddef>

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct Sources {
    hub::Hub& hub;
    bus::Journal& journal;
    History& history;
    presence::PresenceBoard& presence;
    std::size_t resume_entries_max = 100'000;  ///< that a client which returns may have missed
    std::size_t latest_entries_max = 10'000;   ///< searched for the latest events of topics
};

}  // namespace rotacast::live
