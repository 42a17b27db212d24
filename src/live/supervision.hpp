#pragma once

// What supervises live connections: it admits them, ends them, bounds and counts what they do.

#include "live/admission.hpp"
#include "live/classic_counters.hpp"
#include "live/live_rules.hpp"
#include "live/live_sessions.hpp"
#include "live/open_connections.hpp"
#include "live/refusals.hpp"

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct Supervision {
    Admission& admission;
    LiveSessions& live_sessions;
    OpenConnections& open_connections;
    LiveRules& rules;
    ClassicCounters& counters;
    Refusals& refusals;
};

}  // namespace rotacast::live
