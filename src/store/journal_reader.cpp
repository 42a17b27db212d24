#include "store/journal_reader.hpp"

#include "reflect/json.hpp"
#include "store/described_column.hpp"
#include "store/schema.hpp"

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

}  // namespace rotacast::store
