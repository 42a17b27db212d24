#pragma once

// How what was known of an event's things stands in a column: JSON, NULL for nothing.

#include "bus/enricher.hpp"
#include "store/sqlite.hpp"

#include <string>

namespace rotacast::store {

std::string to_json(const events::Known& known);

/// Null for NULL, and for what cannot be read: an entry is worth more than what stands beside it.
bus::KnownPtr known_at(const Query& row, int column);

}  // namespace rotacast::store
