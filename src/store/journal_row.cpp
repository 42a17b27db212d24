#include "store/journal_row.hpp"

#include "store/stored.hpp"

#include <algorithm>

namespace rotacast::store {

Result<std::int64_t> insert(Connection& connection, const JournalRow& row) {
    return connection.run(
        "INSERT INTO journal (offset, event_id, event_type, aggregate_type, aggregate_id, "
        "stored_at, publisher, body, known, provenance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (event_id) DO NOTHING",
        stored(row.offset),
        row.event_id,
        row.event_type,
        row.aggregate_type,
        row.aggregate_id,
        stored(row.stored_at),
        row.publisher,
        row.body,
        row.known,
        row.provenance);
}

std::array<std::uint8_t, 24> repeated_event_id(const Uuid& event_id, bus::Offset offset) {
    std::array<std::uint8_t, 24> bytes{};
    std::ranges::copy(event_id.bytes, bytes.begin());
    for (std::size_t i = bytes.size(); i > event_id.bytes.size(); offset >>= 8)
        bytes[--i] = static_cast<std::uint8_t>(offset & 0xff);
    return bytes;
}

Uuid event_id_at(const Query& row, int column) {
    Uuid event_id;
    const auto bytes = row.blob(column);
    std::copy_n(
        bytes.begin(), std::min(bytes.size(), event_id.bytes.size()), event_id.bytes.begin());
    return event_id;
}

Result<std::optional<Uuid>> event_at(Connection& connection, bus::Offset offset) {
    auto query = connection.query("SELECT event_id FROM journal WHERE offset = ?", stored(offset));
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    return *row ? std::optional(event_id_at(*query, 0)) : std::nullopt;
}

Result<std::optional<bus::Offset>> find(Connection& connection, const Uuid& event_id) {
    const auto last = repeated_event_id(event_id, ~bus::Offset{0});
    auto query = connection.query(
        "SELECT offset FROM journal WHERE event_id BETWEEN ? AND ? ORDER BY event_id LIMIT 1",
        Bytes(event_id.bytes),
        Bytes(last));
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    return *row ? std::optional(restored(query->integer(0))) : std::nullopt;
}

}  // namespace rotacast::store
