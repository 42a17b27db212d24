#pragma once

// Whether a publisher sent the same event again.

#include <string_view>

namespace rotacast::store {

/// Both in JSON, with the same event id. What the bus stamps at each attempt does not count:
/// metadata.timestamp and metadata.correlation_id.
bool is_same_event(std::string_view one, std::string_view other);

}  // namespace rotacast::store
