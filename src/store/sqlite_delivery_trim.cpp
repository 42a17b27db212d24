// Retention of SqliteDeliveryRecords. Row ids grow with time, so the oldest rows are found without
// reading the others. SQLite reuses the space; the file does not shrink.

#include "store/delivery_columns.hpp"
#include "store/sqlite_delivery_records.hpp"

#include <limits>

namespace rotacast::store {

using bus::Kept;

namespace {

/// ?1: rows older than this are removed; ?2: rows to keep; ?3: the most rows to examine.
#define ROTACAST_TRIM_OLDEST(table)                                                \
    "DELETE FROM " table " WHERE id IN (SELECT id FROM (SELECT id, at FROM " table \
    " ORDER BY id LIMIT ?3) WHERE at < ?1 OR id <= (SELECT max(id) FROM " table ") - ?2)"

std::string_view statement(Kept what) {
    switch (what) {
        case Kept::handler_log: return ROTACAST_TRIM_OLDEST("ledger");
        case Kept::audit: return ROTACAST_TRIM_OLDEST("audit");
        case Kept::finished_replays:
            return "DELETE FROM replays WHERE id IN (SELECT id FROM replays "
                   "WHERE range_next >= range_to AND done + failed + discarded >= letters "
                   "AND (at < ?1 OR id <= (SELECT max(id) FROM replays) - ?2) "
                   "ORDER BY id LIMIT ?3)";
        case Kept::discarded_letters:
            return "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries "
                   "WHERE state = 5 AND state > 2 AND (due < ?1 OR id IN "
                   "(SELECT id FROM deliveries WHERE state = 5 AND state > 2 "
                   "ORDER BY id DESC LIMIT -1 OFFSET ?2)) ORDER BY id LIMIT ?3)";
    }
    return "";
}

}  // namespace

std::int64_t SqliteDeliveryRecords::trim(Kept what,
                                         const bus::KeepRule& rule,
                                         Timestamp now,
                                         std::size_t limit) {
    constexpr auto no_bound = std::numeric_limits<std::int64_t>::max();
    const bool by_age = rule.age_max.count() > 0;
    return file_.run(statement(what),
                     by_age ? stored(now - rule.age_max) : std::numeric_limits<std::int64_t>::min(),
                     rule.rows_max > 0 ? rule.rows_max : no_bound,
                     static_cast<std::int64_t>(limit));
}

}  // namespace rotacast::store
