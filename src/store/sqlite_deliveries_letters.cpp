// Dead letters, replays, audit and ledger of SqliteDeliveries: what operators look at and do.

#include "store/delivery_columns.hpp"
#include "store/sqlite_deliveries.hpp"

#include <algorithm>

namespace rotacast::store {

using bus::DeliveryState;
using bus::LetterFilter;
using bus::Page;
using bus::Replay;

namespace {

// A condition `state > 2` beside another one is what SQLite wants to hear to use the partial index.
//
// Parameters ?1 to ?5 of a statement that selects letters.
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

std::int64_t letter_state(const LetterFilter& filter) {
    return stored(filter.discarded ? DeliveryState::discarded : DeliveryState::dead);
}

#define ROTACAST_REPLAY_COLUMNS                                           \
    "id, requested_by, at, selection, letters, done, failed, discarded, " \
    "range_subscriber, range_next, range_to"

Replay replay_at(const Query& row) {
    Replay replay;
    replay.id = row.integer(0);
    replay.requested_by = row.text(1);
    replay.at = time_at(row, 2);
    replay.selection = row.text(3);
    replay.letters = row.integer(4);
    replay.done = row.integer(5);
    replay.failed = row.integer(6);
    replay.discarded = row.integer(7);
    replay.range_subscriber = row.integer(8);
    replay.range_next = static_cast<bus::Offset>(row.integer(9));
    replay.range_to = static_cast<bus::Offset>(row.integer(10));
    return replay;
}

}  // namespace

void SqliteDeliveries::add_replay(Replay& replay) {
    each(
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

std::optional<Replay> SqliteDeliveries::find_replay(std::int64_t id) {
    std::optional<Replay> replay;
    each(
        "SELECT " ROTACAST_REPLAY_COLUMNS " FROM replays WHERE id = ?",
        [&](const Query& row) { replay = replay_at(row); },
        id);
    return replay;
}

void SqliteDeliveries::save(const Replay& replay) {
    run("UPDATE replays SET letters = ?, range_next = ?, range_to = ? WHERE id = ?",
        replay.letters,
        stored(replay.range_next),
        stored(replay.range_to),
        replay.id);
}

void SqliteDeliveries::end_replay_of(std::int64_t replay, DeliveryState how) {
    if (replay == 0) return;
    const bool dead = how == DeliveryState::dead;
    const bool discarded = how == DeliveryState::discarded;
    run("UPDATE replays SET done = done + ?, failed = failed + ?, discarded = discarded + ? "
        "WHERE id = ?",
        !dead && !discarded,
        dead,
        discarded,
        replay);
}

std::vector<Replay> SqliteDeliveries::unread_ranges() {
    std::vector<Replay> replays;
    each("SELECT " ROTACAST_REPLAY_COLUMNS " FROM replays WHERE range_next < range_to ORDER BY id",
         [&](const Query& row) { replays.push_back(replay_at(row)); });
    return replays;
}

std::int64_t SqliteDeliveries::claim_letters(const LetterFilter& filter,
                                             std::int64_t replay,
                                             Timestamp from,
                                             std::chrono::microseconds interval) {
    return run(
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

std::optional<Timestamp> SqliteDeliveries::last_replaying() {
    std::optional<Timestamp> last;
    each("SELECT max(due) FROM deliveries WHERE state = 3 AND state > 2",
         [&](const Query& row) { last = optional_time_at(row, 0); });
    return last;
}

std::int64_t SqliteDeliveries::discard(const LetterFilter& filter,
                                       const std::string& reason,
                                       Timestamp now) {
    run("UPDATE replays SET discarded = discarded + (SELECT count(*) FROM deliveries d "
        "WHERE d.replay = replays.id AND d.state = 3 AND " ROTACAST_LETTER_FITS
        ") WHERE id IN "
        "(SELECT d.replay FROM deliveries d WHERE d.state = 3 AND " ROTACAST_LETTER_FITS ")",
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id));
    // For nobody waits for it any more, its due time says since when.
    return run(
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

std::int64_t SqliteDeliveries::restore(const LetterFilter& filter) {
    return run(
        "UPDATE deliveries AS d SET state = 4, reason = '' WHERE d.state = 5 "
        "AND d.state > 2 AND " ROTACAST_LETTER_FITS,
        filter.id,
        filter.subscriber,
        filter.event_type,
        filter.error_name,
        bytes_of(filter.event_id));
}

void SqliteDeliveries::audit(const bus::AuditRow& row) {
    run("INSERT INTO audit (requested_by, at, action, subject, count, reason) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        row.requested_by,
        stored(row.at),
        row.action,
        row.subject,
        row.count,
        row.reason);
}

std::vector<bus::DeadLetter> SqliteDeliveries::letters(const LetterFilter& filter,
                                                       const Page& page) {
    std::vector<bus::DeadLetter> letters;
    each(
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
        letter_state(filter),
        before_of(page),
        limit_of(page));
    return letters;
}

std::vector<bus::LetterGroup> SqliteDeliveries::letter_groups(const LetterFilter& filter) {
    std::vector<bus::LetterGroup> groups;
    each(
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
        letter_state(filter));
    return groups;
}

std::vector<Replay> SqliteDeliveries::replays(const Page& page) {
    std::vector<Replay> replays;
    each(
        "SELECT " ROTACAST_REPLAY_COLUMNS " FROM replays WHERE id < ? ORDER BY id DESC LIMIT ?",
        [&](const Query& row) { replays.push_back(replay_at(row)); },
        before_of(page),
        limit_of(page));
    return replays;
}

std::vector<bus::AuditRow> SqliteDeliveries::audits(const Page& page) {
    std::vector<bus::AuditRow> rows;
    each(
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

std::vector<bus::LedgerRow> SqliteDeliveries::ledger(const std::optional<std::string>& handler,
                                                     const std::optional<Uuid>& event_id,
                                                     const Page& page) {
    std::vector<bus::LedgerRow> rows;
    each(
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

}  // namespace rotacast::store
