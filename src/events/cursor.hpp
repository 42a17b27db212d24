#pragma once

// A position in the journal. Opaque to clients: they store the text and send it back.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::events {

/// Number of an entry in one journal: 1, 2, 3 and so on without gaps. 0 is the position before the
/// first.
using Offset = std::uint64_t;

/// How far a reader has come in the journal. One entry may be shown as several client events; a
/// position can lie between two of them, because a connection may break there.
struct Position {
    static constexpr std::uint32_t whole = UINT32_MAX;

    Offset offset = 0;
    /// Number of the last event of that entry that was seen, or `whole` for all of them.
    std::uint32_t part = whole;

    auto operator<=>(const Position&) const = default;

    /// The last entry that was seen completely.
    Offset whole_entries() const { return part == whole || offset == 0 ? offset : offset - 1; }
};

/// `epoch.offset` or `epoch.offset.part`. The epoch names one sequence of entries; a
/// journal that starts another sequence has another epoch. A cursor of another epoch says nothing
/// about this journal; a client that sends one must be answered with a reason.
struct Cursor {
    std::string epoch;
    Position position;

    bool operator==(const Cursor&) const = default;

    /// Returns nullopt unless `text` is 1 to 32 letters or digits, a dot, a decimal number, and
    /// optionally another dot and number.
    static std::optional<Cursor> parse(std::string_view text);
};

std::string to_string(const Cursor& cursor);

}  // namespace rotacast::events
