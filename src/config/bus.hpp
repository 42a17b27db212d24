#pragma once

// `[bus]`: delivery to handlers, and what is kept of it.

#include "config/section.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace rotacast::config {

struct Bus {
    std::string database;
    std::int64_t replays_per_second = 50;
    std::size_t recent_entries = 4'096;
    std::int64_t retention_days = 90;
    std::int64_t ledger_rows = 1'000'000;
    std::int64_t audit_rows = 100'000;
    std::int64_t discarded_letters = 100'000;
    std::string deliver_twice = "off";
};
DESCRIBE(Bus,
         "Event handlers and dead letters.",
         (database,
          "SQLite file with deliveries and dead letters; if empty, the database's name with -bus."),
         (replays_per_second, "Dead letters replayed per second.", between(1, 100'000)),
         (recent_entries, "Entries kept in memory for handlers.", between(256, 1'000'000)),
         (retention_days,
          "Rows of the handler log and of the audit, finished replays and discarded dead letters "
          "are deleted when "
          "they are older; 0 keeps them. Dead letters stay until they are replayed or discarded.",
          between(0, 36'500)),
         (ledger_rows,
          "Most rows of the handler log; the oldest are deleted; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (audit_rows,
          "Most audit rows, and most finished replays; the oldest are deleted; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (discarded_letters,
          "Most discarded dead letters; the oldest are deleted; 0 sets no bound.",
          between(0, 1'000'000'000)),
         (deliver_twice,
          "For testing handlers: each runs twice for every event, as after a crash.",
          one_of("on|off")))

}  // namespace rotacast::config
