#pragma once

// Extracts fields from messages of a rotacast.v1 server (docs/protocol.md, "Messages"). Searches
// the text instead of parsing it, because the client must cost less than what it measures. That is
// sufficient as long as values contain no quotes, which is true of everything that the benchmark
// publishes.

#include <cstdint>
#include <optional>
#include <string_view>

namespace rotacast::bench {

/// `event_type`, if it is the first member; otherwise empty.
[[nodiscard]] std::string_view event_type_of(std::string_view text);

/// The last member `key` with a string value; nullopt if there is none.
[[nodiscard]] std::optional<std::string_view> text_field(std::string_view text,
                                                         std::string_view key);

/// The last member `key` with a number value; nullopt if there is none.
[[nodiscard]] std::optional<std::uint64_t> number_field(std::string_view text,
                                                        std::string_view key);

/// The number at the start of `text`; 0 if there is none.
[[nodiscard]] std::uint64_t leading_number(std::string_view text);

}  // namespace rotacast::bench
