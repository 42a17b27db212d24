#include "store/replica_table.hpp"

#include "base/log.hpp"
#include "store/described_column.hpp"
#include "store/journal_row.hpp"
#include "store/stored.hpp"

#include <algorithm>

namespace rotacast::store {
namespace {

using bus::Offset;

JournalRow row_of(const ReplicaEntry& entry, const bus::KnownPtr& known) {
    const auto& [raw, envelope] = entry;
    return {raw.offset,
            Bytes(raw.event_id.bytes),
            envelope.metadata.event_type,
            envelope.aggregate_type,
            envelope.aggregate_id,
            raw.stored_at,
            raw.publisher,
            raw.body,
            described_json(known),
            raw.provenance};
}

}  // namespace

Result<void> ReplicaTable::become_replica(JournalExtent& extent) {
    auto transaction = Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    if (auto done = connection_.run("DELETE FROM aggregate_versions"); !done) return done.error();
    if (auto done = connection_.run("UPDATE journal_meta SET replica = 1, versions_from = NULL");
        !done)
        return done.error();
    if (auto done = transaction->commit(); !done) return done;
    extent.replica = true;
    extent.versions_from.reset();
    return {};
}

Result<void> ReplicaTable::add(const ReplicaEntry& entry, const bus::KnownPtr& known) {
    auto row = row_of(entry, known);
    auto added = insert(connection_, row);
    if (added && *added == 0) {
        log::warn("Entry {} is an event that an earlier entry has; the common order has it twice.",
                  row.offset);
        const auto event_id = repeated_event_id(entry.raw.event_id, row.offset);
        row.event_id = Bytes(event_id);
        added = insert(connection_, row);
    }
    if (!added) return added.error();
    return {};
}

Result<void> ReplicaTable::begin_at(JournalExtent& extent, Offset offset) {
    if (auto done = connection_.run("DELETE FROM journal"); !done) return done.error();
    if (auto done = connection_.run("DELETE FROM journal_facts"); !done) return done.error();
    extent.first = offset;
    extent.last = offset - 1;
    extent.bytes = 0;
    extent.facts_up_to = extent.last;
    return JournalTable(connection_, nullptr).save(extent);
}

Result<void> ReplicaTable::rewind(JournalExtent& extent,
                                  Offset last,
                                  const std::string& epoch,
                                  const std::vector<FormerEpoch>& former) {
    JournalTable table(connection_, nullptr);
    if (last < extent.last) {
        if (auto done = drop_after(extent, last); !done) return done;
        if (auto done = table.save(extent); !done) return done;
    }
    extent.epoch = epoch;
    if (auto done = connection_.run("UPDATE journal_meta SET epoch = ?", epoch); !done)
        return done.error();
    return table.save_former_epochs(former);
}

/// An idempotency key was stored in the transaction of its events, with their time. So no key that
/// is older than the dropped entries names one of them.
Result<void> ReplicaTable::drop_after(JournalExtent& extent, Offset last) {
    if (auto done = connection_.run("DELETE FROM idempotency WHERE stored_at >= "
                                    "(SELECT min(stored_at) FROM journal WHERE offset > ?)",
                                    stored(last));
        !done)
        return done.error();
    {
        auto query = connection_.query(
            "SELECT coalesce(sum(length(CAST(body AS BLOB))), 0) FROM journal WHERE offset > ?",
            stored(last));
        if (!query) return query.error();
        if (const auto row = query->next(); !row) return row.error();
        const auto dropped = static_cast<std::uint64_t>(query->integer(0));
        extent.bytes -= std::min(extent.bytes, dropped);
    }
    if (auto done = connection_.run("DELETE FROM journal WHERE offset > ?", stored(last)); !done)
        return done.error();
    extent.last = last;
    extent.first = std::min(extent.first, last + 1);
    return extent.facts_up_to > last ? forget_facts(extent) : Result<void>();
}

/// The stored facts are newer than the journal's end. Those that were said after the journal's
/// beginning are learnt again from its entries, each of which has what was said before it.
Result<void> ReplicaTable::forget_facts(JournalExtent& extent) {
    if (auto done =
            connection_.run("DELETE FROM journal_facts WHERE offset >= ?", stored(extent.first));
        !done)
        return done.error();
    extent.facts_up_to = extent.first - 1;
    return {};
}

Result<std::optional<ReplicaTable::Found>> ReplicaTable::find_known(const Uuid& event_id) {
    auto query = connection_.query("SELECT offset, known FROM journal WHERE event_id = ?",
                                   Bytes(event_id.bytes));
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return std::optional<Found>();
    return std::optional(
        Found{restored(query->integer(0)), described_at<events::Known>(*query, 1)});
}

}  // namespace rotacast::store
