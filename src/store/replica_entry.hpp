#pragma once

// An entry of the common order, as it comes from elsewhere and as it is sent there again: its texts
// verbatim, and beside them the decoded event.

#include "bus/journal.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace rotacast::store {

/// The texts of one entry. Storing an entry and reading it again changes none of them.
struct RawEntry {
    bus::Offset offset = 0;
    Timestamp stored_at;
    std::string publisher;
    Uuid event_id;
    std::string body;                       ///< the envelope (events::to_stored_json)
    std::optional<std::string> provenance;  ///< events::Provenance as JSON

    std::size_t bytes() const {
        return publisher.size() + body.size() + (provenance ? provenance->size() : 0);
    }
    bool operator==(const RawEntry&) const = default;
};

struct ReplicaEntry {
    RawEntry raw;
    events::Envelope envelope;  ///< what raw.body and raw.provenance say
};

/// Decodes the texts. `internal` if this version cannot read the event; its message names the
/// offset only. Call it before ReplicaJournal::apply, so that the writer need not decode.
Result<ReplicaEntry> decode(RawEntry raw);

/// The texts of an event that is not in the order yet: offset and time are still unset. The
/// envelope must have an event id.
RawEntry encode(const events::Envelope& envelope, std::string publisher);

/// A request that appends the event again, as a new entry. Errors: those of decode().
Result<bus::AppendRequest> append_again(RawEntry raw);

}  // namespace rotacast::store
