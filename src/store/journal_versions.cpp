// The versions of aggregates, for requests with version claims (bus::VersionClaim).

#include "store/journal_table.hpp"
#include "store/stored.hpp"

#include <algorithm>

namespace rotacast::store {
namespace {

using bus::Offset;

Error conflict(const bus::VersionClaim& claim, const JournalExtent& extent, Offset version) {
    const auto present = version == 0 ? std::string("The journal has no event of the aggregate.")
                                      : "The aggregate's present version is " +
                                            to_string(bus::Cursor{extent.epoch, {version}}) + '.';
    return {ErrorCode::version_conflict,
            present,
            '/' + std::to_string(claim.event) + "/expected_version"};
}

bool holds(const events::ExpectedVersion& expected, const JournalExtent& extent, Offset version) {
    if (!expected.last) return version == 0;
    if (expected.last->epoch != extent.epoch) return false;
    const auto offset = expected.last->position.offset;
    return version == 0 ? offset < extent.first : offset == version;
}

}  // namespace

// Goes from the newest entry back: a row that exists is newer, so INSERT OR IGNORE keeps it.
Result<void> JournalTable::collect_versions(JournalExtent& extent, std::int64_t slice) {
    auto transaction = Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    const auto end = extent.versions_from.value_or(extent.last + 1);
    const auto wanted = static_cast<Offset>(slice);
    const auto begin = std::max(extent.first, end > wanted ? end - wanted : 1);
    const auto collected = connection_.run(
        "INSERT OR IGNORE INTO aggregate_versions (aggregate_type, aggregate_id, version) "
        "SELECT aggregate_type, aggregate_id, max(offset) FROM journal "
        "WHERE offset >= ? AND offset < ? GROUP BY aggregate_type, aggregate_id",
        stored(begin),
        stored(end));
    if (!collected) return collected.error();
    const auto noted = connection_.run("UPDATE journal_meta SET versions_from = ?", stored(begin));
    if (!noted) return noted.error();
    if (auto done = transaction->commit(); !done) return done;
    extent.versions_from = begin;
    return {};
}

Result<void> JournalTable::note_version(const events::Envelope& envelope, Offset version) {
    const auto done = connection_.run(
        "INSERT INTO aggregate_versions (aggregate_type, aggregate_id, version) VALUES (?, ?, ?) "
        "ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE SET version = excluded.version",
        envelope.aggregate_type,
        envelope.aggregate_id,
        stored(version));
    if (!done) return done.error();
    return {};
}

/// Inside a transaction, before the entries before `first` are dropped.
Result<void> JournalTable::forget_versions(Offset first) {
    const auto done = connection_.run(
        "DELETE FROM aggregate_versions WHERE version < ?1 AND (aggregate_type, aggregate_id) IN "
        "(SELECT aggregate_type, aggregate_id FROM journal WHERE offset < ?1)",
        stored(first));
    if (!done) return done.error();
    return {};
}

Result<void> JournalTable::check_claim(const bus::VersionClaim& claim,
                                       const events::Envelope& envelope,
                                       const JournalExtent& extent) {
    // A publisher that did not get the answer repeats its request; its own event has meanwhile
    // changed the version.
    const auto known = has_event(*envelope.metadata.event_id);
    if (!known) return known.error();
    if (*known) return {};
    const auto version = version_of(envelope, extent.first);
    if (!version) return version.error();
    if (!holds(claim.expected, extent, *version)) return conflict(claim, extent, *version);
    return {};
}

/// 0 if the journal, whose oldest entry is `first`, has no event of the aggregate.
Result<Offset> JournalTable::version_of(const events::Envelope& envelope, Offset first) {
    auto query = connection_.query(
        "SELECT version FROM aggregate_versions WHERE aggregate_type = ? AND aggregate_id = ?",
        envelope.aggregate_type,
        envelope.aggregate_id);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return Offset{0};
    const auto version = restored(query->integer(0));
    return version < first ? Offset{0} : version;
}

Result<bool> JournalTable::has_event(const Uuid& event_id) {
    auto query =
        connection_.query("SELECT 1 FROM journal WHERE event_id = ?", Bytes(event_id.bytes));
    if (!query) return query.error();
    return query->next();
}

}  // namespace rotacast::store
