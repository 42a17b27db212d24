#pragma once

// A row of the table `journal`, and its column `event_id`.
//
// The column is unique, because a journal that numbers its entries itself recognises a repeated
// event by it. A replica must take what the common order says, also an event that came again after
// the order had forgotten it. The event's later rows have its id followed by their offset (8 bytes,
// the highest first), so they sort after the first.

#include "bus/journal.hpp"
#include "store/sqlite.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::store {

/// As it is written. Refers to texts that outlive it.
struct JournalRow {
    bus::Offset offset;
    Bytes event_id;
    std::string_view event_type;
    std::string_view aggregate_type;
    std::string_view aggregate_id;
    Timestamp stored_at;
    std::string_view publisher;
    std::string_view body;
    std::optional<std::string> known;
    std::optional<std::string> provenance;
};

/// Inside a transaction. Returns 0, and writes nothing, if a row has this event id.
Result<std::int64_t> insert(Connection& connection, const JournalRow& row);

std::array<std::uint8_t, 24> repeated_event_id(const Uuid& event_id, bus::Offset offset);

/// The event of a column `event_id`.
Uuid event_id_at(const Query& row, int column);

/// The event at an offset; nullopt: there is no such entry.
Result<std::optional<Uuid>> event_at(Connection& connection, bus::Offset offset);

/// The first entry of an event that the journal still has.
Result<std::optional<bus::Offset>> find(Connection& connection, const Uuid& event_id);

}  // namespace rotacast::store
