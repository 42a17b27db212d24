#pragma once

// `[journal]`: the log of events.

#include "config/section.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace rotacast::config {

struct Journal {
    std::string synchronous = "FULL";
    std::int64_t retention_days = 30;
    std::int64_t retention_bytes = 0;
    std::size_t tail_entries = 10'000;
    std::size_t queue_entries = 10'000;
    std::size_t queue_bytes = 64 * 1'048'576;
};
DESCRIBE(Journal,
         "The durable, ordered log of events.",
         (synchronous,
          "FULL survives power loss; NORMAL is faster, but may then lose the last commits.",
          one_of("FULL|NORMAL")),
         (retention_days, "Entries older than this are removed; 0 keeps them.", between(0, 36'500)),
         (retention_bytes,
          "Oldest entries are removed above this size; 0 sets no bound.",
          between(0, 1'048'576 * mib)),
         (tail_entries,
          "Newest publications kept in memory; an entry can be several.",
          between(1, 10'000'000)),
         (queue_entries, "Most publishing requests waiting for the disk.", between(16, 1'000'000)),
         (queue_bytes, "Most bytes waiting for the disk.", between(mib, 65'536 * mib)))

}  // namespace rotacast::config
