#pragma once

// The tables in which deliveries stand.

#include "store/sqlite.hpp"

namespace rotacast::store {

/// Creates them in a new file, takes over those of an earlier version. `internal` when they were
/// written by a later one.
Result<void> prepare_delivery_schema(Connection& connection);

}  // namespace rotacast::store
