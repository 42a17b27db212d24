#pragma once

#include "load/options.hpp"
#include "load/report.hpp"

namespace rotacast::bench {

/// Bursts to `subscribers` who all watch one schedule, each burst after the last has arrived
/// everywhere: server CPU per delivery and latency for each burst size.
[[nodiscard]] JsonObject run_fanout(const Options& options);

/// The same for subscribers over graphql-transport-ws, who ask for `selections` different
/// selections of the schedule's updates.
[[nodiscard]] JsonObject run_graphql(const Options& options);

/// Connections that only wait, each with two subscriptions: growth of the server's RSS.
[[nodiscard]] JsonObject run_idle(const Options& options);

/// Bursts on a timetable for `seconds`, with or without a subscriber that never reads: latency of
/// the others, memory of the server, what became of the one.
[[nodiscard]] JsonObject run_stuck(const Options& options);

// The following throw Failed, with the figures, when something is missing, doubled or refused.

/// Clients of rotacast.v1 whose connections are cut again and again while events are published:
/// what each of them saw, and how long it takes to catch up.
[[nodiscard]] JsonObject run_jitter(const Options& options);

/// Clients with short tokens who put a new one in the old one's place; some show a token of
/// somebody else before, some let theirs expire.
[[nodiscard]] JsonObject run_refresh(const Options& options);

/// Tells the server to end (SIGTERM) and looks at how it lets its clients go; then waits for
/// another server on the same port and database, to which they return.
[[nodiscard]] JsonObject run_drain(const Options& options);

/// As run_fanout for clients of rotacast.v1 that offer permessage-deflate, or do not: bytes on the
/// wire and server CPU per delivery.
[[nodiscard]] JsonObject run_deflate(const Options& options);

}  // namespace rotacast::bench
