#pragma once

// A place in the journal. Opaque to clients: they keep the text and give it back.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::events {

/// Counts entries of one journal from 1, without holes. 0 is the place before the first.
using Offset = std::uint64_t;

/// How far one has come in the journal. An entry may be shown as several client events; a place
/// can lie between two of them, because a connection can break there.
struct Place {
    static constexpr std::uint32_t whole = UINT32_MAX;

    Offset offset = 0;
    std::uint32_t part = whole;  ///< number of the last event seen of that entry, or all of it

    auto operator<=>(const Place&) const = default;

    /// The last entry that lies behind one completely.
    Offset whole_entries() const { return part == whole || offset == 0 ? offset : offset - 1; }
};

/// `epoch.offset` or `epoch.offset.part`. The epoch names one life of one journal: a cursor of
/// another epoch says nothing about this one and must be answered with a reason, never with
/// silence.
struct Cursor {
    std::string epoch;
    Place place;

    bool operator==(const Cursor&) const = default;

    /// nullopt unless `text` is 1 to 32 letters or digits, a dot, a decimal number, and perhaps
    /// another dot and number.
    static std::optional<Cursor> parse(std::string_view text);
};

std::string to_string(const Cursor& cursor);

}  // namespace rotacast::events
