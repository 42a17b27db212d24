// The deliveries of SqliteDeliveries, as the dispatcher moves them about.

#include "store/delivery_columns.hpp"
#include "store/sqlite_deliveries.hpp"

namespace rotacast::store {

using bus::Delivery;
using bus::DeliveryState;

namespace {

std::int64_t stored_lane(std::uint64_t lane) {
    return static_cast<std::int64_t>(lane);
}

}  // namespace

bus::StateCounts SqliteDeliveries::count(std::int64_t subscriber) {
    bus::StateCounts counts{};
    each(
        "SELECT state, count(*) FROM deliveries WHERE subscriber = ? GROUP BY state",
        [&](const Query& row) {
            counts.at(static_cast<std::size_t>(row.integer(0))) = row.integer(1);
        },
        subscriber);
    return counts;
}

std::map<std::uint64_t, std::int64_t> SqliteDeliveries::count_lanes(std::int64_t subscriber) {
    std::map<std::uint64_t, std::int64_t> lanes;
    each(
        "SELECT lane, count(*) FROM deliveries WHERE subscriber = ? AND state < 3 GROUP BY lane",
        [&](const Query& row) {
            lanes[static_cast<std::uint64_t>(row.integer(0))] = row.integer(1);
        },
        subscriber);
    return lanes;
}

std::int64_t SqliteDeliveries::count_suspects(std::int64_t subscriber) {
    std::int64_t count = 0;
    each(
        "SELECT count(*) FROM deliveries WHERE subscriber = ? AND state < 3 AND suspect = 1",
        [&](const Query& row) { count = row.integer(0); },
        subscriber);
    return count;
}

std::optional<Timestamp> SqliteDeliveries::oldest_outstanding(std::int64_t subscriber) {
    std::optional<Timestamp> oldest;
    each(
        "SELECT min(stored_at) FROM deliveries WHERE subscriber = ? AND state < 3",
        [&](const Query& row) { oldest = optional_time_at(row, 0); },
        subscriber);
    return oldest;
}

bool SqliteDeliveries::add(Delivery& delivery) {
    bool added = false;
    const auto& metadata = delivery.entry.envelope.metadata;
    each(
        "INSERT INTO deliveries (subscriber, event_id, event_type, epoch, offset, stored_at, "
        "publisher, lane, state, attempts, due, suspect, error_name, error_message, "
        "first_failure, last_failure, replay, reason, body) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
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
        stored_lane(delivery.lane),
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
        events::to_json(delivery.entry.envelope));
    return added;
}

void SqliteDeliveries::update(const Delivery& delivery) {
    run("UPDATE deliveries SET state = ?, attempts = ?, due = ?, suspect = ?, isolated = ?, "
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
    run("DELETE FROM deliveries WHERE id = ?", id);
}

std::optional<Delivery> SqliteDeliveries::find_by_event(std::int64_t subscriber, const Uuid& id) {
    std::optional<Delivery> delivery;
    each(
        "SELECT " ROTACAST_DELIVERY_COLUMNS
        " FROM deliveries d WHERE d.subscriber = ? AND d.event_id = ?",
        [&](const Query& row) { delivery = delivery_at(row); },
        subscriber,
        Bytes(id.bytes));
    return delivery;
}

void SqliteDeliveries::promote(std::int64_t subscriber, std::uint64_t lane, Timestamp now) {
    run("UPDATE deliveries SET state = 1, due = ?3 WHERE id = (SELECT id FROM deliveries "
        "WHERE subscriber = ?1 AND lane = ?2 AND state = 0 "
        "ORDER BY offset, id LIMIT 1)",
        subscriber,
        stored_lane(lane),
        stored(now));
}

std::vector<Delivery> SqliteDeliveries::due(
    std::int64_t subscriber, DeliveryState state, bool suspect, Timestamp now, std::size_t limit) {
    std::vector<Delivery> deliveries;
    each(
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
    each(
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
    run("UPDATE deliveries SET lease_until = ? WHERE subscriber = ? AND state = 2 "
        "AND lease_owner = ?",
        stored(until),
        subscriber,
        owner_);
}

void SqliteDeliveries::lease(const Delivery& delivery, Timestamp until) {
    run("UPDATE deliveries SET state = 2, attempts = ?, isolated = ?, lease_owner = ?, "
        "lease_until = ? WHERE id = ?",
        delivery.attempts,
        delivery.isolated,
        owner_,
        stored(until),
        delivery.id);
}

// The lock of the file says that no other process keeps any.
std::vector<Delivery> SqliteDeliveries::lost_leases(std::int64_t subscriber) {
    std::vector<Delivery> deliveries;
    each(
        "SELECT " ROTACAST_DELIVERY_COLUMNS
        " FROM deliveries d WHERE d.subscriber = ? AND d.state = 2 ORDER BY d.offset",
        [&](const Query& row) { deliveries.push_back(delivery_at(row)); },
        subscriber);
    return deliveries;
}

void SqliteDeliveries::note(const bus::LedgerRow& row) {
    static constexpr Uuid nobody{};
    run("INSERT INTO ledger (handler, event_id, kind, subject, detail, at) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        row.handler,
        Bytes(row.event_id ? row.event_id->bytes : nobody.bytes),
        row.note.kind,
        row.note.subject,
        row.note.detail,
        stored(row.at));
}

}  // namespace rotacast::store
