#include "store/journal_table.hpp"

#include "reflect/json.hpp"

#include <algorithm>
#include <cstring>

namespace rotacast::store {
namespace {

using bus::Offset;
using bus::Receipt;
using bus::Receipts;

std::int64_t stored(Offset offset) { return static_cast<std::int64_t>(offset); }
Offset restored(std::int64_t offset) { return static_cast<Offset>(offset); }
std::int64_t stored(Timestamp time) { return time.time_since_epoch().count(); }

Error conflict(const char* message) { return {ErrorCode::idempotency_conflict, message, ""}; }

/// What the bus stamps differs when a publisher sends the same event again.
boost::json::value without_stamps(std::string_view body) {
    auto parsed = reflect::parse_json(body);
    if (!parsed || !parsed->is_object()) return {};
    if (auto* metadata = parsed->get_object().if_contains("metadata"))
        if (auto* members = metadata->if_object())
            for (const char* stamp : {"timestamp", "correlation_id"}) members->erase(stamp);
    return std::move(*parsed);
}

bool is_same_event(std::string_view one, std::string_view other) {
    return one == other || without_stamps(one) == without_stamps(other);
}

// Receipts of an idempotency key: 16 octets of event id and 8 of offset each, in host order
// (the file does not leave the machine's kind).
constexpr std::size_t receipt_bytes = 24;

std::string packed(const Receipts& receipts) {
    std::string out(receipts.size() * receipt_bytes, '\0');
    char* at = out.data();
    for (const auto& receipt : receipts) {
        std::memcpy(at, receipt.event_id.bytes.data(), 16);
        std::memcpy(at + 16, &receipt.offset, 8);
        at += receipt_bytes;
    }
    return out;
}

Receipts unpacked(Bytes bytes) {
    Receipts receipts(bytes.size() / receipt_bytes);
    const std::uint8_t* at = bytes.data();
    for (auto& receipt : receipts) {
        std::memcpy(receipt.event_id.bytes.data(), at, 16);
        std::memcpy(&receipt.offset, at + 16, 8);
        receipt.duplicate = true;
        at += receipt_bytes;
    }
    return receipts;
}

Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Whether the oldest entry of `extent` has to go.
bool is_too_much(const JournalExtent& extent,
                 const Retention& retention,
                 std::int64_t oldest,
                 Timestamp now) {
    const auto entries = extent.last + 1 - extent.first;
    if (retention.entries_max > 0 && entries > retention.entries_max) return true;
    if (retention.bytes_max > 0 && extent.bytes > retention.bytes_max) return true;
    return retention.age_max.count() > 0 && oldest < stored(now - retention.age_max);
}

}  // namespace

Result<JournalExtent> JournalTable::load(Connection& connection) {
    auto query = connection.query(
        "SELECT epoch, last, bytes, coalesce((SELECT min(offset) FROM journal), last + 1) "
        "FROM journal_meta");
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::internal, "The journal has lost its name.", ""};
    return JournalExtent{std::string(query->text(0)),
                         restored(query->integer(3)),
                         restored(query->integer(1)),
                         static_cast<std::uint64_t>(query->integer(2))};
}

Result<Receipts> JournalTable::add(const PendingAppend& pending, Offset last, Timestamp now) {
    const auto& request = pending.request;
    if (request.idempotency_key) {
        auto earlier = find_earlier(request);
        if (!earlier) return earlier.error();
        if (*earlier) return std::move(**earlier);
    }
    // A single entry that is refused has left nothing behind, so it needs no savepoint.
    const bool needs_savepoint = pending.entries() > 1;
    if (needs_savepoint)
        if (auto begun = connection_.run("SAVEPOINT request"); !begun) return begun.error();
    auto receipts = add_entries(pending, last, now);
    if (needs_savepoint) {
        if (!receipts && receipts.error().code == ErrorCode::idempotency_conflict)
            if (auto undone = connection_.run("ROLLBACK TO request"); !undone)
                return undone.error();
        if (receipts || receipts.error().code == ErrorCode::idempotency_conflict)
            if (auto ended = connection_.run("RELEASE request"); !ended) return ended.error();
    }
    if (receipts && request.idempotency_key)
        if (auto done = remember_key(request, *receipts, now); !done) return done.error();
    return receipts;
}

Result<std::optional<Receipts>> JournalTable::find_earlier(const bus::AppendRequest& request) {
    auto query = connection_.query(
        "SELECT digest, receipts FROM idempotency WHERE publisher = ? AND key = ?",
        request.publisher,
        *request.idempotency_key);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return std::optional<Receipts>();
    if (query->text(0) != request.content_digest)
        return conflict("The idempotency key was used for a request with other content.");
    return std::optional(unpacked(query->blob(1)));
}

Result<Receipts> JournalTable::add_entries(const PendingAppend& pending,
                                           Offset last,
                                           Timestamp now) {
    Receipts receipts;
    receipts.reserve(pending.entries());
    for (std::size_t i = 0; i < pending.entries(); ++i) {
        auto receipt = add_entry(pending, i, last + 1, now);
        if (!receipt) return receipt.error();
        if (!receipt->duplicate) ++last;
        receipts.push_back(*receipt);
    }
    return receipts;
}

Result<Receipt> JournalTable::add_entry(const PendingAppend& pending,
                                        std::size_t index,
                                        Offset offset,
                                        Timestamp now) {
    const auto& envelope = pending.request.envelopes[index];
    const auto& event_id = *envelope.metadata.event_id;
    const auto added = connection_.run(
        "INSERT INTO journal (offset, event_id, event_type, aggregate_type, aggregate_id, "
        "stored_at, publisher, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (event_id) DO NOTHING",
        stored(offset),
        Bytes(event_id.bytes),
        envelope.metadata.event_type,
        envelope.aggregate_type,
        envelope.aggregate_id,
        stored(now),
        pending.request.publisher,
        pending.bodies[index]);
    if (!added) return added.error();
    if (*added == 1) return Receipt{event_id, offset, false};
    return find_duplicate(event_id, pending.bodies[index]);
}

Result<Receipt> JournalTable::find_duplicate(const Uuid& event_id, std::string_view body) {
    auto query = connection_.query("SELECT offset, body FROM journal WHERE event_id = ?",
                                   Bytes(event_id.bytes));
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::unavailable, "The journal contradicts itself.", ""};
    if (!is_same_event(query->text(1), body))
        return conflict("The event id was used for an event with other content.");
    return Receipt{event_id, restored(query->integer(0)), true};
}

Result<void> JournalTable::remember_key(const bus::AppendRequest& request,
                                        const Receipts& receipts,
                                        Timestamp now) {
    const auto blob = packed(receipts);
    const auto done = connection_.run(
        "INSERT INTO idempotency (publisher, key, digest, receipts, stored_at) "
        "VALUES (?, ?, ?, ?, ?)",
        request.publisher,
        *request.idempotency_key,
        request.content_digest,
        bytes_of(blob),
        stored(now));
    if (!done) return done.error();
    return {};
}

Result<void> JournalTable::save(const JournalExtent& extent) {
    const auto done = connection_.run("UPDATE journal_meta SET last = ?, bytes = ?",
                                      stored(extent.last),
                                      static_cast<std::int64_t>(extent.bytes));
    if (!done) return done.error();
    return {};
}

Result<JournalExtent> JournalTable::trim(const JournalExtent& extent,
                                         const Retention& retention,
                                         Timestamp now,
                                         std::int64_t slice,
                                         bool& more) {
    more = false;
    JournalExtent kept = extent;
    {
        auto query = connection_.query(
            "SELECT stored_at, body FROM journal WHERE offset >= ? ORDER BY offset LIMIT ?",
            stored(extent.first),
            slice);
        if (!query) return query.error();
        for (;;) {
            const auto row = query->next();
            if (!row) return row.error();
            if (!*row || !is_too_much(kept, retention, query->integer(0), now)) break;
            ++kept.first;
            kept.bytes -= std::min<std::uint64_t>(kept.bytes, query->text(1).size());
        }
    }
    const auto keys_until = stored(now - retention.idempotency_age_max);
    const auto old_keys = has_keys_before(keys_until);
    if (!old_keys) return old_keys.error();
    if (kept.first == extent.first && !*old_keys) return kept;
    auto transaction = Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    const auto entries = connection_.run("DELETE FROM journal WHERE offset < ?", stored(kept.first));
    if (!entries) return entries.error();
    const auto keys = connection_.run(
        "DELETE FROM idempotency WHERE rowid IN "
        "(SELECT rowid FROM idempotency WHERE stored_at < ? ORDER BY stored_at LIMIT ?)",
        keys_until,
        slice);
    if (!keys) return keys.error();
    if (auto done = save(kept); !done) return done.error();
    if (auto done = transaction->commit(); !done) return done.error();
    more = *entries == slice || *keys == slice;
    return kept;
}

Result<bool> JournalTable::has_keys_before(std::int64_t time) {
    auto query = connection_.query("SELECT 1 FROM idempotency WHERE stored_at < ? LIMIT 1", time);
    if (!query) return query.error();
    return query->next();
}

Result<void> JournalTable::probe() {
    if (auto done = connection_.run("REPLACE INTO journal_probe VALUES (1, zeroblob(65536))");
        !done)
        return done.error();
    if (auto done = connection_.run("DELETE FROM journal_probe"); !done) return done.error();
    return {};
}

}  // namespace rotacast::store
