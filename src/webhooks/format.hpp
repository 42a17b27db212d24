#pragma once

// The formats in which a webhook may want its events.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rotacast::webhooks {

enum class Format : std::uint8_t {
    rotacast,                ///< a JSON document of our own
    cloudevents_structured,  ///< CloudEvents 1.0, HTTP binding §3.2: one JSON document
    cloudevents_binary,  ///< CloudEvents 1.0, HTTP binding §3.1: headers, and the event as body
};

/// By enumerator.
inline constexpr std::array<std::string_view, 3> format_names{
    "rotacast", "cloudevents-structured", "cloudevents-binary"};

std::optional<Format> parse_format(std::string_view name);

}  // namespace rotacast::webhooks
