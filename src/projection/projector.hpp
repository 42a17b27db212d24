#pragma once

// What screens see of an event: its client events and whom they concern. A pure function of the
// journal's entry, with which what earlier events had said is stored (events::Known); so replaying
// history gives the same frames. Any thread.

#include "bus/journal.hpp"
#include "hub/publication_batch.hpp"

#include <string>
#include <vector>

namespace rotacast::projection {

/// Nothing for events that no screen is told of, and for those whose identifiers are not UUIDs
/// where the client event needs one (see members_missing).
std::vector<hub::Publication> project(const bus::Entry& entry, const std::string& epoch);

/// The same of consecutive entries; without any, of the place behind the batch's `last`.
hub::JournalRange project(const bus::EntryBatch& batch);

/// Publications of up to `limit` entries behind `after`, or of what retention has left of them;
/// where there is nothing, an empty stretch at the journal's end. Blocks as Journal::read does, and
/// fails as it does.
Result<hub::JournalRange> read_publications(bus::Journal& journal,
                                            bus::Offset after,
                                            std::size_t limit);

/// JSON pointers of members without which an event that screens are normally told of reaches none:
/// neither it nor earlier events say them. Empty when all is well. Cheap: nothing is shown.
std::vector<std::string> members_missing(const events::Event& event, const events::Known* known);

}  // namespace rotacast::projection
