#include "store/journal_reader.hpp"

#include "reflect/json.hpp"
#include "store/described_column.hpp"
#include "store/journal_row.hpp"
#include "store/schema.hpp"
#include "store/stored.hpp"

#include <algorithm>
#include <limits>

namespace rotacast::store {
namespace {

constexpr std::uint64_t integer_max = std::numeric_limits<std::int64_t>::max();

std::int64_t bounded(std::uint64_t value) {
    return static_cast<std::int64_t>(std::min(value, integer_max));
}

Result<bus::Entry> entry_at(const Query& row) {
    const auto offset = static_cast<bus::Offset>(row.integer(0));
    const auto parsed = reflect::parse_json(row.text(3));
    auto envelope = parsed ? events::restore_envelope(*parsed) : parsed.error();
    if (!envelope)
        return Error{ErrorCode::internal,
                     "Entry " + std::to_string(offset) + " of the journal cannot be read.",
                     ""};
    envelope->provenance = described_at<events::Provenance>(row, 5);
    return bus::Entry{offset,
                      Timestamp(std::chrono::milliseconds(row.integer(1))),
                      std::string(row.text(2)),
                      std::move(*envelope),
                      described_at<events::Known>(row, 4)};
}

}  // namespace

Result<JournalReader> JournalReader::open(const std::string& path) {
    auto connection = open_database(path, {.read_only = true});
    if (!connection) return connection.error();
    return JournalReader(std::move(*connection));
}

Result<JournalExtent> JournalReader::extent() {
    return JournalTable::load(connection_);
}

Result<bus::EntryBatchPtr> JournalReader::read(const std::string& epoch,
                                               bus::Offset after,
                                               bus::Offset last,
                                               std::size_t limit) {
    auto query = connection_.query(
        "SELECT offset, stored_at, publisher, body, known, provenance FROM journal "
        "WHERE offset > ? AND offset <= ? ORDER BY offset LIMIT ?",
        bounded(after),
        bounded(last),
        bounded(limit));
    if (!query) return query.error();
    auto batch = std::make_shared<bus::EntryBatch>();
    batch->epoch = epoch;
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return bus::EntryBatchPtr(std::move(batch));
        auto entry = entry_at(*query);
        if (!entry) return entry.error();
        batch->bytes += query->text(3).size();
        batch->entries.push_back(std::move(*entry));
    }
}

Result<std::vector<RawEntry>> JournalReader::read_raw(bus::Offset after,
                                                      bus::Offset last,
                                                      std::size_t limit,
                                                      std::size_t bytes_max) {
    auto query = connection_.query(
        "SELECT offset, stored_at, publisher, event_id, body, provenance FROM journal "
        "WHERE offset > ? AND offset <= ? ORDER BY offset LIMIT ?",
        bounded(after),
        bounded(last),
        bounded(limit));
    if (!query) return query.error();
    std::vector<RawEntry> entries;
    for (std::size_t bytes = 0; bytes < bytes_max;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) break;
        entries.push_back(
            {restored(query->integer(0)),
             time_at(*query, 1),
             std::string(query->text(2)),
             event_id_at(*query, 3),
             std::string(query->text(4)),
             query->is_null(5) ? std::nullopt : std::optional(std::string(query->text(5)))});
        bytes += entries.back().bytes();
    }
    return entries;
}

Result<std::optional<Uuid>> JournalReader::event_at(bus::Offset offset) {
    return store::event_at(connection_, offset);
}

Result<std::optional<bus::Offset>> JournalReader::find(const Uuid& event_id) {
    return store::find(connection_, event_id);
}

}  // namespace rotacast::store
