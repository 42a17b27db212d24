#pragma once

// `[websocket]`: live connections, and what they cost.

#include "config/section.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace rotacast::config {

struct Deflate {
    std::string enabled = "off";
    std::size_t threshold_bytes = 256;
    std::size_t window_bits = 12;
};
DESCRIBE(Deflate,
         "Compression of WebSocket messages (permessage-deflate), once for all receivers.",
         (enabled, "Whether to accept it when a client offers it.", one_of("on|off")),
         (threshold_bytes, "Smaller messages are sent uncompressed.", between(0, mib)),
         (window_bits,
          "Size of the compression window: 2 to this power; the same for all receivers.",
          between(9, 15)))

struct Websocket {
    std::size_t max_message_bytes = 65'536;
    std::size_t send_queue_bytes = 1'048'576;
    std::string slow_client = "close";
    std::int64_t ping_interval_s = 20;
    std::int64_t idle_timeout_s = 40;
    std::size_t max_subscriptions = 256;
    std::size_t max_connections = 100'000;
    std::int64_t auth_timeout_s = 5;
    std::size_t resume_entries_max = 100'000;
    std::size_t latest_entries_max = 10'000;
    Deflate deflate;
};
DESCRIBE(
    Websocket,
    "Live connections.",
    (max_message_bytes, "Largest message that a client may send.", between(1'024, 64 * mib)),
    (send_queue_bytes, "Bytes that may wait for one slow client.", between(65'536, 1'024 * mib)),
    (slow_client, "Policy when that limit is reached.", one_of("close|drop_oldest|keep_latest")),
    (ping_interval_s,
     "A client silent for as long is pinged, and an event stream silent for as long gets a "
     "comment. "
     "Many proxies cut silent connections after 50 or 60 seconds: keep it at 45 or less behind "
     "one.",
     between(1, 3'600)),
    (idle_timeout_s, "A client silent for longer is disconnected.", between(2, 7'200)),
    (max_subscriptions, "Most topics of a connection (classic: a user).", between(1, 100'000)),
    (max_connections, "Most concurrent connections.", between(1, 10'000'000)),
    (auth_timeout_s, "Time to authenticate for a connection without a token.", between(1, 300)),
    (resume_entries_max, "Most journal entries that a resume goes back.", between(0, 10'000'000)),
    (latest_entries_max,
     "Most journal entries that a subscribe with `latest` searches.",
     between(0, 10'000'000)),
    (deflate, reflect::description_of<Deflate>.text))

}  // namespace rotacast::config
