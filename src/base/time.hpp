#pragma once

// Times as clients see them: RFC 3339, UTC, milliseconds, `Z`.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// The wall clock, truncated to milliseconds. Thread-safe.
Timestamp now();

/// Appends `2025-12-30T14:23:45.123Z`: always 24 characters for years 0000 to 9999.
void append_timestamp(std::string& out, Timestamp time);
std::string to_string(Timestamp time);

/// Reads any RFC 3339 date-time and the original's forms: without a zone (taken as UTC), with a
/// space instead of `T`, and a date alone. Digits beyond milliseconds are dropped. Returns nullopt
/// for anything else.
std::optional<Timestamp> parse_timestamp(std::string_view text);

}  // namespace rotacast
