#pragma once

// What screens see of an event: its client events and whom they concern. A pure function of the
// journal's entry, so that replaying history gives the same frames.

#include "bus/journal.hpp"
#include "hub/publication_batch.hpp"

#include <string>
#include <vector>

namespace rotacast::app {

/// Nothing for events that no screen is told of, and for those whose identifiers are not UUIDs
/// where the client event needs one (see what_screens_miss).
std::vector<hub::Publication> project(const bus::Entry& entry, const std::string& epoch);

/// The same of consecutive entries; without any, of the place behind the batch's `last`.
hub::Stretch project(const bus::EntryBatch& batch);

/// For the publisher's answer: JSON pointers of members without which an event that screens are
/// normally told of reaches none. Empty when all is well.
std::vector<std::string> what_screens_miss(const events::Envelope& envelope);

}  // namespace rotacast::app
