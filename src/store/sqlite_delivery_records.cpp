#include "store/sqlite_delivery_records.hpp"

#include "store/delivery_columns.hpp"

#include <algorithm>
#include <limits>

namespace rotacast::store {

using bus::DeadLetterFilter;
using bus::DeliveryState;
using bus::Page;
using bus::Replay;

namespace {

// Queries repeat the condition `state > 2` because SQLite uses a partial index only if they contain
// its condition.
//
// The condition that selects letters, with parameters ?1 to ?5.
#define ROTACAST_LETTER_FITS                                                               \
    "(?1 IS NULL OR d.id = ?1) AND (?2 IS NULL OR d.subscriber = "                         \
    "(SELECT id FROM subscribers WHERE name = ?2)) AND (?3 IS NULL OR d.event_type = ?3) " \
    "AND (?4 IS NULL OR d.error_name = ?4) AND (?5 IS NULL OR d.event_id = ?5)"

std::optional<Bytes> bytes_of(const std::optional<Uuid>& id) {
    return id ? std::optional(Bytes(id->bytes)) : std::nullopt;
}

std::int64_t before_of(const Page& page) {
    return page.before > 0 ? page.before : std::numeric_limits<std::int64_t>::max();
}
std::int64_t limit_of(const Page& page) {
    return std::clamp<std::int64_t>(page.limit, 1, Page::limit_max);
}

std::int64_t dead_letter_state(const DeadLetterFilter& filter) {
    return stored(filter.discarded ? DeliveryState::discarded : DeliveryState::dead);
}

}  // namespace

void SqliteDeliveryRecords::add_replay(Replay& replay) {
    file_.each(
        "INSERT INTO replays (requested_by, at, selection, letters, done, failed, discarded, "
        "range_subscriber, range_next, range_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        [&](const Query& row) { replay.id = row.integer(0); },
        replay.requested_by,
        stored(replay.at),
        replay.selection,
        replay.letters,
        replay.done,
        replay.failed,
        replay.discarded,
        replay.range_subscriber,
        stored(replay.range_next),
        stored(replay.range_to));
}

std::optional<Replay> SqliteDeliveryRecords::find_replay(std::int64_t id) {
    std::optional<Replay> replay;
    file_.each(
        "SELECT " ROTACAST_REPLAY_COLUMNS " FROM replays WHERE id = ?",
        [&](const Query& row) { replay = replay_at(row); },
        id);
    return replay;
}

std::int64_t SqliteDeliveryRecords::claim_dead_letters(const DeadLetterFilter& filter,
                                                       std::int64_t replay,
                                                       Timestamp from,
                                                       std::chrono::microseconds interval) {
    return file_.run(
        "UPDATE deliveries SET state = 3, attempts = 0, suspect = 0, isolated = 0, replay = ?6, "
        "due = ?7 + (letter.number - 1) * ?8 / 1000 FROM "
        "(SELECT d.id AS id, row_number() OVER (ORDER BY d.offset, d.id) AS number "
        "FROM deliveries d WHERE d.state = 4 AND d.state > 2 AND d.subscriber IN "
        "(SELECT id FROM subscribers WHERE present = 1) AND " ROTACAST_LETTER_FITS
        ") AS letter "
        "WHERE deliveries.id = letter.id",
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id),
        replay,
        stored(from),
        interval.count());
}

std::int64_t SqliteDeliveryRecords::discard(const DeadLetterFilter& filter,
                                            const std::string& reason,
                                            Timestamp now) {
    file_.run(
        "UPDATE replays SET discarded = discarded + (SELECT count(*) FROM deliveries d "
        "WHERE d.replay = replays.id AND d.state = 3 AND " ROTACAST_LETTER_FITS
        ") WHERE id IN "
        "(SELECT d.replay FROM deliveries d WHERE d.state = 3 AND " ROTACAST_LETTER_FITS ")",
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id));
    // A discarded letter is never due, so its due time records when it was discarded.
    return file_.run(
        "UPDATE deliveries AS d SET state = 5, replay = 0, reason = ?6, due = ?7 "
        "WHERE d.state IN (3, 4) AND d.state > 2 AND " ROTACAST_LETTER_FITS,
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id),
        reason,
        stored(now));
}

std::int64_t SqliteDeliveryRecords::restore(const DeadLetterFilter& filter) {
    return file_.run(
        "UPDATE deliveries AS d SET state = 4, reason = '' WHERE d.state = 5 "
        "AND d.state > 2 AND " ROTACAST_LETTER_FITS,
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id));
}

void SqliteDeliveryRecords::audit(const bus::AuditRow& row) {
    file_.run(
        "INSERT INTO audit (requested_by, at, action, subject, count, reason) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        row.requested_by,
        stored(row.at),
        row.action,
        row.subject,
        row.count,
        row.reason);
}

std::vector<bus::DeadLetter> SqliteDeliveryRecords::dead_letters(const DeadLetterFilter& filter,
                                                                 const Page& page) {
    std::vector<bus::DeadLetter> letters;
    file_.each(
        "SELECT " ROTACAST_DELIVERY_COLUMNS
        ", s.name FROM deliveries d JOIN subscribers s ON s.id = d.subscriber "
        "WHERE d.state = ?6 AND d.state > 2 AND d.id < ?7 AND " ROTACAST_LETTER_FITS
        " ORDER BY d.id DESC LIMIT ?8",
        [&](const Query& row) {
            letters.push_back({delivery_at(row),
                               std::string(row.text(delivery_columns)),
                               std::string(row.text(delivery_column_body))});
        },
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id),
        dead_letter_state(filter),
        before_of(page),
        limit_of(page));
    return letters;
}

std::vector<bus::DeadLetterGroup> SqliteDeliveryRecords::dead_letter_groups(
    const DeadLetterFilter& filter) {
    std::vector<bus::DeadLetterGroup> groups;
    file_.each(
        "SELECT s.name, d.error_name, max(d.error_message), count(*), "
        "min(coalesce(d.first_failure, d.stored_at)), max(coalesce(d.last_failure, d.stored_at)) "
        "FROM deliveries d JOIN subscribers s ON s.id = d.subscriber "
        "WHERE d.state = ?6 AND d.state > 2 AND " ROTACAST_LETTER_FITS
        " GROUP BY s.name, d.error_name ORDER BY count(*) DESC, s.name, d.error_name LIMIT 1000",
        [&](const Query& row) {
            groups.push_back({std::string(row.text(0)),
                              std::string(row.text(1)),
                              std::string(row.text(2)),
                              row.integer(3),
                              time_at(row, 4),
                              time_at(row, 5)});
        },
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id),
        dead_letter_state(filter));
    return groups;
}

std::vector<Replay> SqliteDeliveryRecords::replays(const Page& page) {
    std::vector<Replay> replays;
    file_.each(
        "SELECT " ROTACAST_REPLAY_COLUMNS " FROM replays WHERE id < ? ORDER BY id DESC LIMIT ?",
        [&](const Query& row) { replays.push_back(replay_at(row)); },
        before_of(page),
        limit_of(page));
    return replays;
}

std::vector<bus::AuditRow> SqliteDeliveryRecords::audits(const Page& page) {
    std::vector<bus::AuditRow> rows;
    file_.each(
        "SELECT id, requested_by, at, action, subject, count, reason FROM audit WHERE id < ? "
        "ORDER BY id DESC LIMIT ?",
        [&](const Query& row) {
            rows.push_back({row.integer(0),
                            std::string(row.text(1)),
                            time_at(row, 2),
                            std::string(row.text(3)),
                            std::string(row.text(4)),
                            row.integer(5),
                            std::string(row.text(6))});
        },
        before_of(page),
        limit_of(page));
    return rows;
}

std::vector<bus::HandlerLogRow> SqliteDeliveryRecords::handler_log(
    const std::optional<std::string>& handler,
    const std::optional<Uuid>& event_id,
    const Page& page) {
    std::vector<bus::HandlerLogRow> rows;
    file_.each(
        "SELECT id, handler, event_id, kind, subject, detail, at FROM ledger WHERE id < ?3 "
        "AND (?1 IS NULL OR handler = ?1) AND (?2 IS NULL OR event_id = ?2) "
        "ORDER BY id DESC LIMIT ?4",
        [&](const Query& row) {
            rows.push_back(
                {row.integer(0),
                 std::string(row.text(1)),
                 uuid_at(row, 2),
                 {std::string(row.text(3)), std::string(row.text(4)), std::string(row.text(5))},
                 time_at(row, 6)});
        },
        handler,
        bytes_of(event_id),
        before_of(page),
        limit_of(page));
    return rows;
}

std::vector<bus::SubscriberRecord> SqliteDeliveryRecords::subscribers() {
    std::vector<bus::SubscriberRecord> records;
    file_.each("SELECT " ROTACAST_SUBSCRIBER_COLUMNS " FROM subscribers ORDER BY name",
               [&](const Query& row) { records.push_back(subscriber_at(row)); });
    return records;
}

void SqliteDeliveryRecords::remove_subscriber(std::int64_t id) {
    file_.run("DELETE FROM subscribers WHERE id = ?", id);
}

std::optional<Timestamp> SqliteDeliveryRecords::oldest_outstanding(std::int64_t subscriber) {
    std::optional<Timestamp> oldest;
    file_.each(
        "SELECT min(stored_at) FROM deliveries WHERE subscriber = ? AND state < 3",
        [&](const Query& row) { oldest = optional_time_at(row, 0); },
        subscriber);
    return oldest;
}

}  // namespace rotacast::store
