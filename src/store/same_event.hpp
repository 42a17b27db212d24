#pragma once

// Whether a publisher sent the same event again.

#include <string_view>

namespace rotacast::store {

/// Both in JSON, with the same event id: `stored` by this version or an earlier one, `body` as it
/// would be stored now. What the bus stamps at each attempt does not count: metadata.timestamp and
/// metadata.correlation_id.
bool is_same_event(std::string_view stored, std::string_view body);

}  // namespace rotacast::store
