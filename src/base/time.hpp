#pragma once

// Points in time as they leave the house: RFC 3339, UTC, milliseconds, `Z`.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// The wall clock, cut to milliseconds. Any thread.
Timestamp now();

/// `2025-12-30T14:23:45.123Z`, always 24 characters for years 0000 to 9999.
void append_timestamp(std::string& out, Timestamp time);
std::string to_string(Timestamp time);

/// Any RFC 3339 date-time, and the original's forms: without a zone (taken as UTC), with a blank
/// for `T`, and a bare date. Digits beyond milliseconds are cut. nullopt for anything else.
std::optional<Timestamp> parse_timestamp(std::string_view text);

}  // namespace rotacast
