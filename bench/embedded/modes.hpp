#pragma once

#include "load/report.hpp"

#include <string>

namespace rotacast::bench {

/// Publishes `events` as fast as the server accepts them, to `handlers` handlers each. Reports the
/// throughput, and the memory of the process as the slowest handler progressed.
[[nodiscard]] JsonObject flow(const std::string& folder, int events, int handlers);

/// Publishes single events at fixed times to ten handlers, one of which fails at every event if
/// `failing`. Reports how long a publisher waited, and when another handler got the event.
[[nodiscard]] JsonObject turn(const std::string& folder,
                              double seconds,
                              double events_per_second,
                              bool failing);

}  // namespace rotacast::bench
