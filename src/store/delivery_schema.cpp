#include "store/delivery_schema.hpp"

#include <vector>

namespace rotacast::store {
namespace {

constexpr std::int64_t deliveries_version = 3;

// The index deliveries_due finds the rows to run.
constexpr const char* schema = R"sql(
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    types TEXT NOT NULL,
    epoch TEXT NOT NULL,
    position INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    present INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    paused_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    done INTEGER NOT NULL,
    failed_attempts INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    failing_since INTEGER
);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    event_id BLOB NOT NULL,
    event_type TEXT NOT NULL,
    epoch TEXT NOT NULL,
    offset INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    publisher TEXT NOT NULL,
    lane INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL,
    suspect INTEGER NOT NULL,
    isolated INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until INTEGER,
    error_name TEXT NOT NULL,
    error_message TEXT NOT NULL,
    first_failure INTEGER,
    last_failure INTEGER,
    replay INTEGER NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (subscriber, event_id)
);
CREATE INDEX deliveries_due ON deliveries (subscriber, state, suspect, due, offset);
CREATE INDEX deliveries_letters ON deliveries (state, id) WHERE state > 2;
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    handler TEXT NOT NULL,
    event_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (handler, event_id, kind, subject)
);
CREATE TABLE replays (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    requested_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    selection TEXT NOT NULL,
    letters INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    discarded INTEGER NOT NULL,
    range_subscriber INTEGER NOT NULL,
    range_next INTEGER NOT NULL,
    range_to INTEGER NOT NULL
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    requested_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    count INTEGER NOT NULL,
    reason TEXT NOT NULL
);
)sql";

// For promote(). Only pending rows: the others change too often, and each change writes a page of
// the index.
constexpr const char* pending_index = R"sql(
CREATE INDEX deliveries_pending ON deliveries (subscriber, lane, offset) WHERE state = 0;
)sql";

// Its index contained all rows.
constexpr const char* from_version_1 = "DROP INDEX deliveries_lane;";

// Where the event comes from; NULL if nothing is known.
constexpr const char* provenance_column = R"sql(
ALTER TABLE deliveries ADD COLUMN provenance TEXT;
PRAGMA user_version = 3;
)sql";

}  // namespace

Result<void> prepare_delivery_schema(Connection& connection) {
    const auto version = connection.version();
    if (!version) return version.error();
    if (*version == deliveries_version) return {};
    if (*version > deliveries_version)
        return Error{ErrorCode::internal,
                     "The deliveries were written by a newer version of this program.",
                     ""};
    auto transaction = Transaction::begin(connection);
    if (!transaction) return transaction.error();
    std::vector<const char*> steps;
    if (*version == 0) steps = {schema, pending_index};
    if (*version == 1) steps = {from_version_1, pending_index};
    steps.push_back(provenance_column);
    for (const auto* step : steps)
        if (auto done = connection.execute(step); !done) return done.error();
    return transaction->commit();
}

}  // namespace rotacast::store
