#pragma once

#include "load/options.hpp"
#include "load/report.hpp"

namespace rotacast::bench {

/// Bursts to `subscribers` who all watch one schedule, each burst after the last has arrived
/// everywhere: server CPU per delivery and latency for each burst size.
[[nodiscard]] JsonObject run_fanout(const Options& options);

/// Connections that only wait, each with two subscriptions: growth of the server's RSS.
[[nodiscard]] JsonObject run_idle(const Options& options);

/// Bursts on a timetable for `seconds`, with or without a subscriber that never reads: latency of
/// the others, memory of the server, what became of the one.
[[nodiscard]] JsonObject run_stuck(const Options& options);

}  // namespace rotacast::bench
