#include "store/sqlite_deliveries.hpp"

#include "store/delivery_columns.hpp"

namespace rotacast::store {
namespace {

constexpr std::int64_t deliveries_version = 2;

// A commit changes a few rows here and there and some entries of their indexes; it writes the pages
// that these are on. Small pages are less to write (docs/adr/0025).
constexpr std::int64_t deliveries_page_bytes = 1024;

// deliveries_due serves what is to be run.
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

// For promote(). Of pending rows alone: the others change too often, each on a page of its own.
constexpr const char* pending_index = R"sql(
CREATE INDEX deliveries_pending ON deliveries (subscriber, lane, offset) WHERE state = 0;
PRAGMA user_version = 2;
)sql";

// Version 1 had all rows in it.
constexpr const char* from_version_1 = "DROP INDEX deliveries_lane;";

Result<void> prepare_schema(Connection& connection) {
    const auto version = connection.version();
    if (!version) return version.error();
    if (*version == deliveries_version) return {};
    if (*version > deliveries_version)
        return Error{ErrorCode::internal,
                     "The deliveries were written by a newer version of this program.",
                     ""};
    auto transaction = Transaction::begin(connection);
    if (!transaction) return transaction.error();
    const auto* first = *version == 0 ? schema : from_version_1;
    if (auto done = connection.execute(first); !done) return done.error();
    if (auto done = connection.execute(pending_index); !done) return done.error();
    return transaction->commit();
}

std::string joined(const std::vector<std::string>& types) {
    std::string text;
    for (const auto& type : types) text += (text.empty() ? "" : ",") + type;
    return text;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> types;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        types.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return types;
}

#define ROTACAST_SUBSCRIBER_COLUMNS                                                       \
    "id, name, types, epoch, position, begun, present, paused, paused_by, reason, done, " \
    "failed_attempts, missed, last_error, failing_since"

bus::SubscriberRecord subscriber_at(const Query& row) {
    bus::SubscriberRecord record;
    record.id = row.integer(0);
    record.name = row.text(1);
    record.types = split(row.text(2));
    record.epoch = row.text(3);
    record.position = static_cast<bus::Offset>(row.integer(4));
    record.begun = static_cast<bus::Offset>(row.integer(5));
    record.present = row.integer(6) != 0;
    record.paused = row.integer(7) != 0;
    record.paused_by = row.text(8);
    record.reason = row.text(9);
    record.done = row.integer(10);
    record.failed_attempts = row.integer(11);
    record.missed = row.integer(12);
    record.last_error = row.text(13);
    record.failing_since = optional_time_at(row, 14);
    return record;
}

}  // namespace

Result<std::unique_ptr<SqliteDeliveries>> SqliteDeliveries::open(const std::string& path,
                                                                 ConnectionOptions options) {
    auto lock = FileLock::take(path + ".lock");
    if (!lock) return lock.error();
    options.page_bytes = deliveries_page_bytes;
    auto connection = Connection::open(path, options);
    if (!connection) return connection.error();
    if (auto done = prepare_schema(*connection); !done) return done.error();
    return std::unique_ptr<SqliteDeliveries>(
        new SqliteDeliveries(std::move(*lock), std::move(*connection)));
}

SqliteDeliveries::SqliteDeliveries(FileLock lock, Connection connection)
    : lock_(std::move(lock)),
      connection_(std::move(connection)),
      owner_(to_string(Uuid::random())),
      durability_(bus::Durability::durable) {}

SqliteDeliveries::~SqliteDeliveries() = default;

void SqliteDeliveries::begin(bus::Durability durability) {
    error_.reset();
    if (durability != durability_) {  // SQLite takes it over between transactions only
        const bool durable = durability == bus::Durability::durable;
        const auto set =
            connection_.execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        if (!set) return fail(set.error());
        durability_ = durability;
    }
    auto transaction = Transaction::begin(connection_);
    if (!transaction) return fail(transaction.error());
    transaction_.emplace(std::move(*transaction));
}

Result<void> SqliteDeliveries::commit() {
    if (transaction_ && !error_)
        if (auto done = transaction_->commit(); !done) fail(done.error());
    transaction_.reset();
    if (error_) return *error_;
    return {};
}

void SqliteDeliveries::roll_back() {
    transaction_.reset();
    error_.reset();
}

void SqliteDeliveries::nobody_present() {
    run("UPDATE subscribers SET present = 0");
}

std::vector<bus::SubscriberRecord> SqliteDeliveries::subscribers() {
    std::vector<bus::SubscriberRecord> records;
    each("SELECT " ROTACAST_SUBSCRIBER_COLUMNS " FROM subscribers ORDER BY name",
         [&](const Query& row) { records.push_back(subscriber_at(row)); });
    return records;
}

std::optional<bus::SubscriberRecord> SqliteDeliveries::find_subscriber(const std::string& name) {
    std::optional<bus::SubscriberRecord> record;
    each(
        "SELECT " ROTACAST_SUBSCRIBER_COLUMNS " FROM subscribers WHERE name = ?",
        [&](const Query& row) { record = subscriber_at(row); },
        name);
    return record;
}

void SqliteDeliveries::save(bus::SubscriberRecord& record) {
    if (record.id != 0) {
        run("UPDATE subscribers SET types = ?, epoch = ?, position = ?, begun = ?, present = ?, "
            "paused = ?, paused_by = ?, reason = ?, done = ?, failed_attempts = ?, missed = ?, "
            "last_error = ?, failing_since = ? WHERE id = ?",
            joined(record.types),
            record.epoch,
            stored(record.position),
            stored(record.begun),
            record.present,
            record.paused,
            record.paused_by,
            record.reason,
            record.done,
            record.failed_attempts,
            record.missed,
            record.last_error,
            stored(record.failing_since),
            record.id);
        return;
    }
    each(
        "INSERT INTO subscribers (name, types, epoch, position, begun, present, paused, "
        "paused_by, reason, done, failed_attempts, missed, last_error, failing_since) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [&](const Query& row) { record.id = row.integer(0); },
        record.name,
        joined(record.types),
        record.epoch,
        stored(record.position),
        stored(record.begun),
        record.present,
        record.paused,
        record.paused_by,
        record.reason,
        record.done,
        record.failed_attempts,
        record.missed,
        record.last_error,
        stored(record.failing_since));
}

void SqliteDeliveries::remove_subscriber(std::int64_t id) {
    run("DELETE FROM subscribers WHERE id = ?", id);
}

}  // namespace rotacast::store
