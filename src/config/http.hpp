#pragma once

// `[http]` and `[intake]`: requests, and publishing by them.

#include "config/section.hpp"

#include <cstddef>
#include <cstdint>

namespace rotacast::config {

struct Http {
    std::size_t max_body_bytes = 4 * 1'048'576;
    std::size_t header_bytes_max = 16'384;
    std::int64_t header_timeout_s = 10;
};
DESCRIBE(Http,
         "HTTP requests.",
         (max_body_bytes, "Largest request body.", between(1'024, 256 * mib)),
         // Beast stores the length of a field in 16 bits, and throws beyond that.
         (header_bytes_max, "Largest header, including the request line.", between(1'024, 65'535)),
         (header_timeout_s,
          "Time to send the header, from its first byte; a TLS handshake has as much before.",
          between(1, 3'600)))

struct Intake {
    std::size_t max_events = 1'000;
};
DESCRIBE(Intake, "Publishing by HTTP.", (max_events, "Events in one request.", between(1, 100'000)))

}  // namespace rotacast::config
