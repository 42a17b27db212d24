#pragma once

// Appends JSON scalars to text exactly as the original protocol's clients know them:
// raw UTF-8, only `"`, `\` and controls escaped; doubles as shortest round-trip digits that
// always show a point or an exponent (wire specification §1.6, "General encoding").

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast {

void append_json_string(std::string& out, std::string_view text);
void append_json_integer(std::string& out, std::int64_t value);

/// `value` must be finite: NaN and infinities are refused at intake. Otherwise writes `null`.
void append_json_double(std::string& out, double value);

}  // namespace rotacast
