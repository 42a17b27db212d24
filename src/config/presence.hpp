#pragma once

// `[presence]`: who counts as online.

#include "config/section.hpp"

#include <cstdint>

namespace rotacast::config {

struct Presence {
    std::int64_t grace_s = 10;
    std::int64_t lease_s = 45;
};
DESCRIBE(Presence,
         "Who is online.",
         (grace_s,
          "How long a user stays online after the last connection has closed, so that a page "
          "reload is not reported.",
          between(0, 3'600)),
         (lease_s,
          "How long a connection counts after it was last heard from; set it above ping_interval_s "
          "plus 10 seconds, or clients that only listen go offline in between.",
          between(5, 86'400)))

}  // namespace rotacast::config
