#pragma once

// Appends JSON scalars to a string in the form that clients of the original protocol expect: raw
// UTF-8, only `"`, `\` and control characters escaped; doubles as the shortest digits that
// round-trip, always with a point or an exponent (wire specification §1.6, "General encoding").

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast {

void append_json_string(std::string& out, std::string_view text);
void append_json_integer(std::string& out, std::int64_t value);

/// `value` must be finite; intake rejects NaN and infinities. Writes `null` otherwise.
void append_json_double(std::string& out, double value);

}  // namespace rotacast
