#pragma once

// The header `Retry-After` of a receiver's answer (RFC 9110 §10.2.3).

#include "base/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace rotacast::webhooks {

/// A receiver cannot ask for more, so that a mistake of its does not stop its events for days.
inline constexpr std::chrono::seconds retry_after_max = std::chrono::hours(1);

/// Seconds, or a date in any of the three forms of RFC 9110 §5.6.7. Returns 0 for a date in the
/// past, at most retry_after_max, and nullopt for anything else, such as a negative number.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, Timestamp now);

}  // namespace rotacast::webhooks
