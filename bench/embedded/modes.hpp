#pragma once

#include "load/report.hpp"

#include <string>

namespace rotacast::bench {

/// Publishes `events` as fast as they are taken, to `handlers` handlers each. How fast that went,
/// and the memory of the process when the slowest handler had done a part of them.
[[nodiscard]] JsonObject flow(const std::string& folder, int events, int handlers);

/// Publishes single events on a timetable to ten handlers, of which one fails at every event, or
/// does not. How long a publisher waited, and how long until another handler had the event.
[[nodiscard]] JsonObject turn(const std::string& folder,
                              double seconds,
                              double events_per_second,
                              bool failing);

}  // namespace rotacast::bench
