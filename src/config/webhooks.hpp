#pragma once

// `[webhooks]`: events posted to URLs.

#include "config/section.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::config {

struct Webhooks {
    std::vector<std::string> allow_addresses;
    std::size_t parallel = 4;
    std::size_t retry_attempts = 12;
    std::int64_t retry_first_s = 2;
    std::int64_t retry_max_s = 900;
    std::int64_t pause_after_s = 300;
    std::int64_t probe_first_s = 30;
    std::int64_t probe_max_s = 900;
    std::string cloudevents_source = "/rotacast";
};
DESCRIBE(
    Webhooks,
    "Events posted to URLs.",
    (allow_addresses,
     "Addresses or CIDR blocks that webhooks may call although they are not public, such as "
     "10.1.0.0/16."),
    (parallel,
     "Concurrent requests to one webhook; events of one aggregate are sent one after the other.",
     between(1, 64)),
    (retry_attempts,
     "Attempts per event, including the first; then it is a dead letter.",
     between(1, 1'000)),
    (retry_first_s,
     "Wait after the first failed attempt; each further wait is twice as long.",
     between(1, 86'400)),
    (retry_max_s, "The longest wait.", between(1, 86'400)),
    (pause_after_s,
     "A webhook that has failed for this long without a success is paused; 0 never pauses.",
     between(0, 30 * day_s)),
    (probe_first_s,
     "A webhook that paused itself tries one event after this time, then waits twice as long each "
     "time; a success resumes it.",
     between(1, 86'400)),
    (probe_max_s, "The longest wait between two such attempts.", between(1, 86'400)),
    (cloudevents_source,
     "`source` of the CloudEvents that webhooks get: a URI reference that names this server."))

}  // namespace rotacast::config
