#pragma once

// A place in the journal. Opaque to clients: they keep the text and give it back.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::bus {

/// Counts entries of one journal from 1, without holes. 0 is the place before the first.
using Offset = std::uint64_t;

/// `epoch.offset`. The epoch names one life of one journal: a cursor of another epoch says
/// nothing about this one and must be answered with a reason, never with silence.
struct Cursor {
    std::string epoch;
    Offset offset = 0;

    bool operator==(const Cursor&) const = default;

    /// nullopt unless `text` is 1 to 32 letters or digits, a dot and a decimal number.
    static std::optional<Cursor> parse(std::string_view text);
};

std::string to_string(const Cursor& cursor);

}  // namespace rotacast::bus
