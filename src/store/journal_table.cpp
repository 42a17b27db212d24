#include "store/journal_table.hpp"

#include "store/described_column.hpp"
#include "store/journal_row.hpp"
#include "store/same_event.hpp"
#include "store/stored.hpp"

#include <cstring>

namespace rotacast::store {
namespace {

using bus::Offset;
using bus::Receipt;
using bus::Receipts;

Error conflict(const char* message) {
    return {ErrorCode::idempotency_conflict, message, ""};
}

Error unseen_without(std::size_t event, const std::string& member) {
    return {ErrorCode::invalid_field,
            "Without a UUID here no client would be sent this event.",
            '/' + std::to_string(event) + member};
}

// Receipts of an idempotency key: 16 bytes of event id and 8 of offset each, in host byte order
// (the file is not portable between byte orders).
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

}  // namespace

Result<JournalExtent> JournalTable::load(Connection& connection) {
    auto query = connection.query(
        "SELECT epoch, last, bytes, coalesce((SELECT min(offset) FROM journal), last + 1), marked, "
        "facts_up_to, versions_from, replica FROM journal_meta");
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::internal, "The journal has lost its name.", ""};
    return JournalExtent{
        std::string(query->text(0)),
        restored(query->integer(3)),
        restored(query->integer(1)),
        static_cast<std::uint64_t>(query->integer(2)),
        query->integer(4) != 0,
        restored(query->integer(5)),
        query->is_null(6) ? std::nullopt : std::optional(restored(query->integer(6))),
        query->integer(7) != 0};
}

bool is_refusal(const Error& error) {
    return error.code == ErrorCode::idempotency_conflict ||
           error.code == ErrorCode::version_conflict || error.code == ErrorCode::invalid_field;
}

Result<Receipts> JournalTable::add(PendingAppend& pending,
                                   const JournalExtent& extent,
                                   Timestamp now) {
    const auto& request = pending.request;
    if (request.idempotency_key) {
        auto earlier = find_earlier(request);
        if (!earlier) return earlier.error();
        if (*earlier) {
            if (auto done = name_unseen(request, **earlier); !done) return done.error();
            for (auto& receipt : **earlier) receipt.epoch = extent.epoch;
            return std::move(**earlier);
        }
    }
    if (!request.version_claims.empty() && !extent.knows_versions())
        return Error{ErrorCode::unavailable, "The versions of aggregates are not known yet.", ""};
    // A refused request with a single entry has written nothing, so it needs no savepoint; unless
    // it is refused for what was unseen, which is known only then.
    const bool needs_savepoint = pending.entries() > 1 || request.refuse_unseen;
    if (needs_savepoint)
        if (auto begun = connection_.run("SAVEPOINT request"); !begun) return begun.error();
    const auto mark = enricher_ ? enricher_->mark() : 0;
    auto receipts = add_entries(pending, extent, now);
    if (!receipts && enricher_) enricher_->roll_back(mark);
    if (needs_savepoint) {
        if (!receipts && is_refusal(receipts.error()))
            if (auto undone = connection_.run("ROLLBACK TO request"); !undone)
                return undone.error();
        if (receipts || is_refusal(receipts.error()))
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

Result<Receipts> JournalTable::add_entries(PendingAppend& pending,
                                           const JournalExtent& extent,
                                           Timestamp now) {
    Receipts receipts;
    receipts.reserve(pending.entries());
    auto last = extent.last;
    std::optional<Error> refusal;
    auto claim = pending.request.version_claims.begin();
    for (std::size_t i = 0; i < pending.entries(); ++i) {
        if (claim != pending.request.version_claims.end() && claim->event == i)
            if (auto held = check_claim(*claim++, pending.request.envelopes[i], extent); !held)
                return held.error();
        auto receipt = add_entry(pending, i, last + 1, now);
        if (!receipt) {
            auto error = receipt.error();
            if (is_refusal(error)) error.path = '/' + std::to_string(i);
            return error;
        }
        if (!receipt->duplicate) {
            ++last;
            if (extent.versions_from)
                if (auto done = note_version(pending.request.envelopes[i], last); !done)
                    return done.error();
        }
        if (pending.request.refuse_unseen && !receipt->duplicate)
            for (const auto& member : receipt->unseen)
                add_error(refusal, unseen_without(i, member));
        receipt->epoch = extent.epoch;
        receipts.push_back(std::move(*receipt));
    }
    if (refusal) return std::move(*refusal);
    return receipts;
}

Result<Receipt> JournalTable::add_entry(PendingAppend& pending,
                                        std::size_t index,
                                        Offset offset,
                                        Timestamp now) {
    const auto& envelope = pending.request.envelopes[index];
    const auto& event_id = *envelope.metadata.event_id;
    const auto known = enricher_ ? enricher_->known(envelope.event) : nullptr;
    const auto added = insert(connection_,
                              {offset,
                               Bytes(event_id.bytes),
                               envelope.metadata.event_type,
                               envelope.aggregate_type,
                               envelope.aggregate_id,
                               now,
                               pending.request.publisher,
                               pending.bodies[index],
                               described_json(known),
                               described_json(envelope.provenance)});
    if (!added) return added.error();
    if (*added != 1) return find_duplicate(envelope, pending.bodies[index]);
    Receipt receipt{event_id, offset, false};
    if (enricher_) {
        enricher_->learn(offset, envelope.event, known);
        receipt.unseen = enricher_->unseen(envelope.event, known.get());
    }
    pending.known[index] = known;
    return receipt;
}

Result<Receipt> JournalTable::find_duplicate(const events::Envelope& envelope,
                                             std::string_view body) {
    const auto& event_id = *envelope.metadata.event_id;
    auto query = connection_.query("SELECT offset, body, known FROM journal WHERE event_id = ?",
                                   Bytes(event_id.bytes));
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::unavailable, "The journal contradicts itself.", ""};
    if (!is_same_event(query->text(1), body))
        return conflict("The event id was used for an event with other content.");
    Receipt receipt{event_id, restored(query->integer(0)), true};
    if (enricher_)
        receipt.unseen =
            enricher_->unseen(envelope.event, described_at<events::Known>(*query, 2).get());
    return receipt;
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
    const auto done =
        connection_.run("UPDATE journal_meta SET last = ?, bytes = ?, facts_up_to = ?",
                        stored(extent.last),
                        static_cast<std::int64_t>(extent.bytes),
                        stored(extent.facts_up_to));
    if (!done) return done.error();
    return {};
}

}  // namespace rotacast::store
