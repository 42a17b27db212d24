#pragma once

// What live connections and queries receive from: new events, stored events, and presence.

#include "bus/journal.hpp"
#include "config/websocket.hpp"
#include "hub/hub.hpp"
#include "live/history.hpp"
#include "live/resume_counters.hpp"
#include "presence/presence_board.hpp"

#include <cstddef>

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct Sources {
    hub::Hub& hub;
    bus::Journal& journal;
    History& history;
    presence::PresenceBoard& presence;
    ResumeCounters& resumes;
    /// A resume goes back at most this many entries.
    std::size_t resume_entries_max = config::Websocket{}.resume_entries_max;
    /// A subscribe with `latest` searches at most this many entries.
    std::size_t latest_entries_max = config::Websocket{}.latest_entries_max;
};

}  // namespace rotacast::live
