#pragma once

// A request to publish as the outbox stores it: one JSON text with all of bus::AppendRequest.

#include "bus/journal.hpp"

#include <string>
#include <string_view>

namespace rotacast::store {

/// Errors of a request that no journal would take: those of prepare() (store/pending_append.hpp).
Result<std::string> outbox_text(bus::AppendRequest request);

/// `internal` if this version of the program cannot read it.
Result<bus::AppendRequest> outbox_request(std::string_view text);

}  // namespace rotacast::store
