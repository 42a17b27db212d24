#pragma once

// Functions that project an event to its client events and the topics that they go to. Pure, of the
// journal entry, which contains what earlier events said (events::Known), so replaying history
// yields the same frames. Thread-safe.

#include "bus/journal.hpp"
#include "hub/publication_batch.hpp"

#include <string>
#include <vector>

namespace rotacast::projection {

/// Empty for events that clients are not sent, and for those whose identifiers are not UUIDs where
/// the client event requires one (see members_missing).
std::vector<hub::Publication> project(const bus::Entry& entry, const std::string& epoch);

/// The publications of consecutive entries; for an empty batch, the position after its `last`.
hub::JournalRange project(const bus::EntryBatch& batch);

/// Of unordered entries. Their position is that of entry `after`, the last that was shown: who
/// returns with it is sent all that follows.
hub::JournalRange project_early(const bus::EntryBatch& batch, bus::Offset after);

/// The publications of up to `limit` entries after `after`, or of those that retention has left; if
/// there are none, an empty range at the journal's end. Blocks and fails as Journal::read does.
Result<hub::JournalRange> read_publications(bus::Journal& journal,
                                            bus::Offset after,
                                            std::size_t limit);

/// JSON pointers of required members that neither the event nor earlier ones contain, so that an
/// event which clients normally receive reaches none. Empty if nothing is missing. Cheap: builds no
/// client events.
std::vector<std::string> members_missing(const events::Event& event, const events::Known* known);

}  // namespace rotacast::projection
