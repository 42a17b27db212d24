#pragma once

// Detects that a publisher repeats an event.

#include <string_view>

namespace rotacast::store {

/// Compares two events as JSON with the same event id: `stored` by this version or an earlier one,
/// `body` as it would be stored now. Ignores what the bus fills in at each attempt:
/// metadata.timestamp and metadata.correlation_id.
bool is_same_event(std::string_view stored, std::string_view body);

}  // namespace rotacast::store
