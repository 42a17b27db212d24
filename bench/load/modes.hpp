#pragma once

#include "load/options.hpp"
#include "load/report.hpp"

namespace rotacast::bench {

/// Bursts to `subscribers` that all watch one schedule; each burst is published after the previous
/// one has reached all of them. Reports the server's CPU per delivery, and latency, for each burst
/// size.
[[nodiscard]] JsonObject run_fanout(const Options& options);

/// The same for subscribers over graphql-transport-ws with `selections` different selections of the
/// schedule's updates.
[[nodiscard]] JsonObject run_graphql(const Options& options);

/// Idle connections with two subscriptions each. Reports the growth of the server's RSS.
[[nodiscard]] JsonObject run_idle(const Options& options);

/// `subscribers` connections, each made, answered and ended before the next one. Reports the server's
/// CPU per connection.
[[nodiscard]] JsonObject run_handshakes(const Options& options);

/// Bursts at fixed times for `seconds`, with or without a subscriber that never reads. Reports the
/// latency of the others, the server's memory, and what happened to that subscriber.
[[nodiscard]] JsonObject run_stuck(const Options& options);

// The following throw Failed, with the report, if an event is missing or duplicated or a connection
// is rejected.

/// Clients of rotacast.v1 whose connections are cut again and again while events are published.
/// Checks what each of them saw and reports how long catching up takes.
[[nodiscard]] JsonObject run_jitter(const Options& options);

/// Clients with short-lived tokens that refresh them on the connection. Some first send a token of
/// another user, some let theirs expire.
[[nodiscard]] JsonObject run_refresh(const Options& options);

/// Stops the server (SIGTERM) and checks how it closes its connections; then waits for another
/// server on the same port and database, to which the clients reconnect.
[[nodiscard]] JsonObject run_drain(const Options& options);

/// Like run_fanout for clients of rotacast.v1 with or without permessage-deflate. Reports bytes on
/// the wire and the server's CPU per delivery.
[[nodiscard]] JsonObject run_deflate(const Options& options);

}  // namespace rotacast::bench
