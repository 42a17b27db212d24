#pragma once

// The schema of the delivery file.

#include "store/sqlite.hpp"

namespace rotacast::store {

/// Creates the tables in a new file and migrates those of an older version. `internal` if a newer
/// version wrote them.
Result<void> prepare_delivery_schema(Connection& connection);

}  // namespace rotacast::store
