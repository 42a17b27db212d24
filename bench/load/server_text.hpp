#pragma once

// Fields of what a server of rotacast.v1 sends (docs/protocol.md, "Messages"). Its texts are
// searched, not parsed: the client must cost less than what it measures. That is enough for texts
// whose values hold no quotes, as all that the benchmark publishes.

#include <cstdint>
#include <optional>
#include <string_view>

namespace rotacast::bench {

/// `event_type`, which comes first; empty when it does not.
[[nodiscard]] std::string_view event_type_of(std::string_view text);

/// The last field `key` with a text as its value; nothing without one.
[[nodiscard]] std::optional<std::string_view> text_field(std::string_view text,
                                                         std::string_view key);

/// The last field `key` with a number as its value; nothing without one.
[[nodiscard]] std::optional<std::uint64_t> number_field(std::string_view text,
                                                        std::string_view key);

/// The number that `text` begins with; 0 when it does not.
[[nodiscard]] std::uint64_t leading_number(std::string_view text);

}  // namespace rotacast::bench
