// The versions of aggregates, for requests that claim to know them (bus::VersionClaim).

#include "store/journal_table.hpp"

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
    const auto offset = expected.last->place.offset;
    return version == 0 ? offset < extent.first : offset == version;
}

}  // namespace

// The offset is the table's rowid, with which every index ends. Once there, the prepared statement
// does nothing; a rollback that takes the index away has it prepared anew.
Result<void> JournalTable::index_aggregates() {
    const auto done = connection_.run(
        "CREATE INDEX IF NOT EXISTS journal_aggregate "
        "ON journal (aggregate_type, aggregate_id)");
    if (!done) return done.error();
    return {};
}

Result<void> JournalTable::check_claim(const bus::VersionClaim& claim,
                                       const events::Envelope& envelope,
                                       const JournalExtent& extent) {
    // A publisher that missed the answer sends the same again: its own event has changed the
    // version since.
    const auto known = has_event(*envelope.metadata.event_id);
    if (!known) return known.error();
    if (*known) return {};
    const auto version = version_of(envelope);
    if (!version) return version.error();
    if (!holds(claim.expected, extent, *version)) return conflict(claim, extent, *version);
    return {};
}

/// 0: there is none.
Result<Offset> JournalTable::version_of(const events::Envelope& envelope) {
    auto query = connection_.query(
        "SELECT max(offset) FROM journal WHERE aggregate_type = ? AND aggregate_id = ?",
        envelope.aggregate_type,
        envelope.aggregate_id);
    if (!query) return query.error();
    if (const auto row = query->next(); !row) return row.error();
    return static_cast<Offset>(query->integer(0));
}

Result<bool> JournalTable::has_event(const Uuid& event_id) {
    auto query =
        connection_.query("SELECT 1 FROM journal WHERE event_id = ?", Bytes(event_id.bytes));
    if (!query) return query.error();
    return query->next();
}

}  // namespace rotacast::store
