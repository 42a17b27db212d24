// Retention, and the probe of a journal that could not be written.

#include "store/journal_table.hpp"
#include "store/stored.hpp"

#include <algorithm>
#include <limits>

namespace rotacast::store {
namespace {

/// Unbounded: the facts of dropped entries that are not stored yet are few.
constexpr std::size_t facts_all = std::numeric_limits<std::size_t>::max();

/// Whether the oldest entry of `extent` exceeds the retention.
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
    const bool keeps_facts = enricher_ && kept.facts_up_to < kept.first - 1;
    if (keeps_facts) {
        const auto facts = enricher_->facts_to_keep(kept.first - 1, facts_all);
        if (auto done = write_facts(facts); !done) return done.error();
        kept.facts_up_to = facts.up_to;
    }
    if (extent.versions_from && kept.first != extent.first)
        if (auto done = forget_versions(kept.first); !done) return done.error();
    const auto entries =
        connection_.run("DELETE FROM journal WHERE offset < ?", stored(kept.first));
    if (!entries) return entries.error();
    const auto keys = connection_.run(
        "DELETE FROM idempotency WHERE rowid IN "
        "(SELECT rowid FROM idempotency WHERE stored_at < ? ORDER BY stored_at LIMIT ?)",
        keys_until,
        slice);
    if (!keys) return keys.error();
    if (auto done = save(kept); !done) return done.error();
    if (auto done = transaction->commit(); !done) return done.error();
    if (keeps_facts) enricher_->facts_are_kept();
    more = *entries == slice || *keys == slice;
    return kept;
}

Result<bool> JournalTable::has_keys_before(std::int64_t time) {
    auto query = connection_.query("SELECT 1 FROM idempotency WHERE stored_at < ? LIMIT 1", time);
    if (!query) return query.error();
    return query->next();
}

Result<std::optional<Timestamp>> JournalTable::newest() {
    auto query = connection_.query("SELECT stored_at FROM journal ORDER BY offset DESC LIMIT 1");
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    return *row ? std::optional(time_at(*query, 0)) : std::nullopt;
}

Result<void> JournalTable::probe() {
    if (auto done = connection_.run("REPLACE INTO journal_probe VALUES (1, zeroblob(65536))");
        !done)
        return done.error();
    if (auto done = connection_.run("DELETE FROM journal_probe"); !done) return done.error();
    return {};
}

}  // namespace rotacast::store
