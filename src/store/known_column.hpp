#pragma once

// The column `known`: the facts stored beside an entry (ADR 0036), as JSON; NULL: none.

#include "bus/enricher.hpp"
#include "store/sqlite.hpp"

#include <string>

namespace rotacast::store {

std::string to_json(const events::Known& known);

/// Null for NULL and for unreadable JSON: the entry matters more than its enrichment.
bus::KnownPtr known_at(const Query& row, int column);

}  // namespace rotacast::store
