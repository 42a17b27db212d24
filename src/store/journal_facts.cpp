// Storage of the enricher's facts (bus::Enricher), beside the journal's entries.

#include "base/log.hpp"
#include "store/described_column.hpp"
#include "store/journal_reader.hpp"
#include "store/journal_table.hpp"
#include "store/stored.hpp"

#include <algorithm>
#include <limits>

namespace rotacast::store {
namespace {

constexpr std::size_t entries_per_read = 1'000;
constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

/// At most this many entries may follow the stored facts: a start reads all of them.
constexpr bus::Offset entries_behind_max = 50'000;

}  // namespace

Result<JournalExtent> JournalTable::restore_facts(const JournalExtent& extent,
                                                  JournalReader& reader) {
    if (!enricher_) return extent;
    {
        auto query = connection_.query(
            "SELECT kind, id, offset, fact FROM journal_facts ORDER BY offset, kind, id");
        if (!query) return query.error();
        for (;;) {
            const auto row = query->next();
            if (!row) return row.error();
            if (!*row) break;
            enricher_->restore({std::string(query->text(0)),
                                std::string(query->text(1)),
                                restored(query->integer(2)),
                                std::string(query->text(3))});
        }
    }
    const auto after = std::max(extent.facts_up_to, extent.first - 1);
    if (auto done = learn_behind(after, extent, reader); !done) return done.error();
    const bool first_time = extent.facts_up_to == 0 && extent.last > 0;
    if (!first_time && extent.last - extent.facts_up_to <= entries_behind_max) return extent;
    auto kept = keep_facts(extent, all);
    if (kept) return kept;
    // Not fatal: as after a failed append, the journal can still be read.
    log::error("What is known of things could not be kept: {}", kept.error().message);
    return extent;
}

Result<void> JournalTable::learn_behind(bus::Offset after,
                                        const JournalExtent& extent,
                                        JournalReader& reader) {
    enricher_->roll_back(0);
    for (auto at = after; at < extent.last;) {
        const auto batch = reader.read(extent.epoch, at, extent.last, entries_per_read);
        if (!batch) return batch.error();
        if ((*batch)->entries.empty()) break;
        for (const auto& entry : (*batch)->entries) {
            const auto& event = entry.envelope.event;
            // Entries of earlier versions were stored without known facts.
            enricher_->learn(
                entry.offset, event, entry.known ? entry.known : enricher_->known(event));
            at = entry.offset;
        }
        enricher_->commit();
    }
    return {};
}

Result<JournalExtent> JournalTable::keep_facts_behind(const JournalExtent& extent,
                                                      std::size_t facts_max) {
    if (!enricher_ || extent.last - extent.facts_up_to <= entries_behind_max) return extent;
    return keep_facts(extent, facts_max);
}

Result<JournalExtent> JournalTable::keep_facts(const JournalExtent& extent, std::size_t facts_max) {
    auto transaction = Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    const auto slice = enricher_->facts_to_keep(extent.last, facts_max);
    if (auto done = write_facts(slice); !done) return done.error();
    auto kept = extent;
    kept.facts_up_to = slice.up_to;
    if (auto done = save(kept); !done) return done.error();
    if (auto done = transaction->commit(); !done) return done.error();
    enricher_->facts_are_kept();
    return kept;
}

Result<void> JournalTable::write_facts(const bus::FactSlice& slice) {
    for (const auto& fact : slice.facts) {
        const auto done = connection_.run(
            "REPLACE INTO journal_facts (kind, id, offset, fact) VALUES (?, ?, ?, ?)",
            fact.kind,
            fact.id,
            stored(fact.offset),
            fact.json);
        if (!done) return done.error();
    }
    for (const auto& [kind, offset] : slice.forgotten_before) {
        const auto done = connection_.run(
            "DELETE FROM journal_facts WHERE kind = ? AND offset < ?", kind, stored(offset));
        if (!done) return done.error();
    }
    return {};
}

/// For a request that its idempotency key answers with earlier receipts: lists the members that are
/// missing. An event that lacks nothing needs no look-up.
Result<void> JournalTable::name_unseen(const bus::AppendRequest& request, bus::Receipts& receipts) {
    if (!enricher_) return {};
    for (std::size_t i = 0; i < std::min(receipts.size(), request.envelopes.size()); ++i) {
        const auto& event = request.envelopes[i].event;
        auto unseen = enricher_->unseen(event, nullptr);
        if (unseen.empty()) continue;
        auto query = connection_.query("SELECT known FROM journal WHERE offset = ?",
                                       stored(receipts[i].offset));
        if (!query) return query.error();
        const auto row = query->next();
        if (!row) return row.error();
        receipts[i].unseen =
            *row ? enricher_->unseen(event, described_at<events::Known>(*query, 0).get())
                 : std::move(unseen);
    }
    return {};
}

}  // namespace rotacast::store
