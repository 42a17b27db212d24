#include "store/sqlite_deliveries.hpp"

#include "store/delivery_columns.hpp"
#include "store/described_column.hpp"

namespace rotacast::store {

using bus::Delivery;
using bus::DeliveryState;
using bus::Replay;

namespace {

std::string joined(const std::vector<std::string>& types) {
    std::string text;
    for (const auto& type : types) text += (text.empty() ? "" : ",") + type;
    return text;
}

std::int64_t stored_ordering_key(std::uint64_t ordering_key) {
    return static_cast<std::int64_t>(ordering_key);
}

}  // namespace

Result<std::unique_ptr<SqliteDeliveries>> SqliteDeliveries::open(const std::string& path,
                                                                 ConnectionOptions options) {
    auto file = DeliveryFile::open(path, options);
    if (!file) return file.error();
    return std::unique_ptr<SqliteDeliveries>(new SqliteDeliveries(std::move(*file)));
}

SqliteDeliveries::SqliteDeliveries(DeliveryFile file)
    : file_(std::move(file)), owner_(to_string(Uuid::random())), records_(file_) {}

Result<void> SqliteDeliveries::watch_changes(Changed changed) {
    if (auto prepared = file_.prepare_with(collect_changes); !prepared) return prepared;
    changed_ = std::move(changed);
    return {};
}

Result<void> SqliteDeliveries::commit() {
    if (!changed_) return file_.commit();
    auto changes = take_changes(file_);
    auto done = file_.commit();
    if (!done)
        changed_(std::nullopt);
    else if (!changes.empty())
        changed_(std::move(changes));
    return done;
}

void SqliteDeliveries::nobody_present() {
    file_.run("UPDATE subscribers SET present = 0");
}

std::optional<bus::SubscriberRecord> SqliteDeliveries::find_subscriber(const std::string& name) {
    std::optional<bus::SubscriberRecord> record;
    file_.each(
        "SELECT " ROTACAST_SUBSCRIBER_COLUMNS " FROM subscribers WHERE name = ?",
        [&](const Query& row) { record = subscriber_at(row); },
        name);
    return record;
}

void SqliteDeliveries::save(bus::SubscriberRecord& record) {
    if (record.id != 0) {
        file_.run(
            "UPDATE subscribers SET types = ?, epoch = ?, position = ?, begun = ?, present = ?, "
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
    file_.each(
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

bus::StateCounts SqliteDeliveries::count(std::int64_t subscriber) {
    bus::StateCounts counts{};
    file_.each(
        "SELECT state, count(*) FROM deliveries WHERE subscriber = ? GROUP BY state",
        [&](const Query& row) {
            counts.at(static_cast<std::size_t>(row.integer(0))) = row.integer(1);
        },
        subscriber);
    return counts;
}

bus::OutstandingRows SqliteDeliveries::outstanding(std::int64_t subscriber) {
    bus::OutstandingRows rows;
    file_.each(
        "SELECT lane, count(*), sum(suspect) FROM deliveries WHERE subscriber = ? AND state < 3 "
        "GROUP BY lane",
        [&](const Query& row) {
            rows.by_key[static_cast<std::uint64_t>(row.integer(0))] = row.integer(1);
            rows.suspects += row.integer(2);
        },
        subscriber);
    return rows;
}

bool SqliteDeliveries::add(Delivery& delivery) {
    bool added = false;
    const auto& metadata = delivery.entry.envelope.metadata;
    file_.each(
        "INSERT INTO deliveries (subscriber, event_id, event_type, epoch, offset, stored_at, "
        "publisher, lane, state, attempts, due, suspect, error_name, error_message, "
        "first_failure, last_failure, replay, reason, body, provenance) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (subscriber, event_id) DO NOTHING RETURNING id",
        [&](const Query& row) {
            delivery.id = row.integer(0);
            added = true;
        },
        delivery.subscriber,
        Bytes(metadata.event_id->bytes),
        metadata.event_type,
        delivery.epoch,
        stored(delivery.entry.offset),
        stored(delivery.entry.stored_at),
        delivery.entry.publisher,
        stored_ordering_key(delivery.ordering_key),
        stored(delivery.state),
        delivery.attempts,
        stored(delivery.due),
        delivery.suspect,
        delivery.failure.name,
        delivery.failure.message,
        stored(delivery.first_failure),
        stored(delivery.last_failure),
        delivery.replay,
        delivery.reason,
        events::to_json(delivery.entry.envelope),
        described_json(delivery.entry.envelope.provenance));
    return added;
}

void SqliteDeliveries::update(const Delivery& delivery) {
    file_.run(
        "UPDATE deliveries SET state = ?, attempts = ?, due = ?, suspect = ?, isolated = ?, "
        "error_name = ?, "
        "error_message = ?, first_failure = ?, last_failure = ?, replay = ?, lease_owner = NULL, "
        "lease_until = NULL WHERE id = ?",
        stored(delivery.state),
        delivery.attempts,
        stored(delivery.due),
        delivery.suspect,
        delivery.isolated,
        delivery.failure.name,
        delivery.failure.message,
        stored(delivery.first_failure),
        stored(delivery.last_failure),
        delivery.replay,
        delivery.id);
}

void SqliteDeliveries::remove(std::int64_t id) {
    file_.run("DELETE FROM deliveries WHERE id = ?", id);
}

std::optional<Delivery> SqliteDeliveries::find_by_event(std::int64_t subscriber, const Uuid& id) {
    std::optional<Delivery> delivery;
    file_.each(
        "SELECT " ROTACAST_DELIVERY_COLUMNS
        " FROM deliveries d WHERE d.subscriber = ? AND d.event_id = ?",
        [&](const Query& row) { delivery = delivery_at(row); },
        subscriber,
        Bytes(id.bytes));
    return delivery;
}

void SqliteDeliveries::promote(std::int64_t subscriber, std::uint64_t ordering_key, Timestamp now) {
    file_.run(
        "UPDATE deliveries SET state = 1, due = ?3 WHERE id = (SELECT id FROM deliveries "
        "WHERE subscriber = ?1 AND lane = ?2 AND state = 0 "
        "ORDER BY offset, id LIMIT 1)",
        subscriber,
        stored_ordering_key(ordering_key),
        stored(now));
}

std::vector<Delivery> SqliteDeliveries::due(
    std::int64_t subscriber, DeliveryState state, bool suspect, Timestamp now, std::size_t limit) {
    std::vector<Delivery> deliveries;
    file_.each(
        "SELECT " ROTACAST_DELIVERY_COLUMNS
        " FROM deliveries d WHERE d.subscriber = ? AND d.state = ? AND d.suspect = ? "
        "AND d.due <= ? ORDER BY d.due, d.offset LIMIT ?",
        [&](const Query& row) { deliveries.push_back(delivery_at(row)); },
        subscriber,
        stored(state),
        suspect,
        stored(now),
        static_cast<std::int64_t>(limit));
    return deliveries;
}

std::optional<Timestamp> SqliteDeliveries::next_due(std::int64_t subscriber,
                                                    DeliveryState state,
                                                    bool suspect,
                                                    Timestamp now) {
    std::optional<Timestamp> next;
    file_.each(
        "SELECT min(due) FROM deliveries WHERE subscriber = ? AND state = ? AND suspect = ? "
        "AND due > ?",
        [&](const Query& row) { next = optional_time_at(row, 0); },
        subscriber,
        stored(state),
        suspect,
        stored(now));
    return next;
}

void SqliteDeliveries::renew_leases(std::int64_t subscriber, Timestamp until) {
    file_.run(
        "UPDATE deliveries SET lease_until = ? WHERE subscriber = ? AND state = 2 "
        "AND lease_owner = ?",
        stored(until),
        subscriber,
        owner_);
}

void SqliteDeliveries::lease(const Delivery& delivery, Timestamp until) {
    file_.run(
        "UPDATE deliveries SET state = 2, attempts = ?, isolated = ?, lease_owner = ?, "
        "lease_until = ? WHERE id = ?",
        delivery.attempts,
        delivery.isolated,
        owner_,
        stored(until),
        delivery.id);
}

// The file's lock proves that no other process holds a lease.
std::vector<Delivery> SqliteDeliveries::lost_leases(std::int64_t subscriber) {
    std::vector<Delivery> deliveries;
    file_.each(
        "SELECT " ROTACAST_DELIVERY_COLUMNS
        " FROM deliveries d WHERE d.subscriber = ? AND d.state = 2 ORDER BY d.offset",
        [&](const Query& row) { deliveries.push_back(delivery_at(row)); },
        subscriber);
    return deliveries;
}

void SqliteDeliveries::note(const bus::HandlerLogRow& row) {
    static constexpr Uuid nobody{};
    file_.run(
        "INSERT INTO ledger (handler, event_id, kind, subject, detail, at) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        row.handler,
        Bytes(row.event_id ? row.event_id->bytes : nobody.bytes),
        row.note.kind,
        row.note.subject,
        row.note.detail,
        stored(row.at));
}

void SqliteDeliveries::save(const Replay& replay) {
    file_.run("UPDATE replays SET letters = ?, range_next = ?, range_to = ? WHERE id = ?",
              replay.letters,
              stored(replay.range_next),
              stored(replay.range_to),
              replay.id);
}

void SqliteDeliveries::end_replay_of(std::int64_t replay, DeliveryState how) {
    if (replay == 0) return;
    const bool dead = how == DeliveryState::dead;
    const bool discarded = how == DeliveryState::discarded;
    file_.run(
        "UPDATE replays SET done = done + ?, failed = failed + ?, discarded = discarded + ? "
        "WHERE id = ?",
        !dead && !discarded,
        dead,
        discarded,
        replay);
}

std::vector<Replay> SqliteDeliveries::unread_ranges() {
    std::vector<Replay> replays;
    file_.each("SELECT " ROTACAST_REPLAY_COLUMNS
               " FROM replays WHERE range_next < range_to ORDER BY id",
               [&](const Query& row) { replays.push_back(replay_at(row)); });
    return replays;
}

std::optional<Timestamp> SqliteDeliveries::last_replaying() {
    std::optional<Timestamp> last;
    file_.each("SELECT max(due) FROM deliveries WHERE state = 3 AND state > 2",
               [&](const Query& row) { last = optional_time_at(row, 0); });
    return last;
}

}  // namespace rotacast::store
