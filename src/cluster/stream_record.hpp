#pragma once

// An entry of the common order as the Redis stream holds it. The stream's id is `<offset>-0`.
//
// Fields of the stream's entry, all texts; the last three are left out if there is nothing to say:
//
//   e  the epoch under which it was appended or restored
//   i  the event's id
//   t  stored_at, milliseconds since 1970
//   p  the publisher
//   d  the event's digest
//   a  the aggregate
//   b  the envelope as JSON
//   o  the provenance as JSON
//   k  the request's idempotency key
//   r  `<index> <count> <digest of the request>`, with k

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "events/cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::cluster {

using events::Offset;

/// What an entry knows of the request that it came with, so that the memory of the request's key
/// can be restored from entries.
struct RequestKey {
    std::string key;          ///< scoped to the publisher
    std::string digest;       ///< of the whole request (bus::AppendRequest::content_digest)
    std::uint32_t index = 0;  ///< of the event in the request
    std::uint32_t count = 1;  ///< events in the request

    bool operator==(const RequestKey&) const = default;
};

struct StreamRecord {
    Offset offset = 0;
    std::string epoch;
    Uuid event_id;
    Timestamp stored_at;     ///< Redis' time at the append
    std::string publisher;   ///< as bus::Entry::publisher
    std::string envelope;    ///< events::to_stored_json
    std::string provenance;  ///< events::Provenance as JSON; empty: nothing is known
    /// Of what makes two events with one id the same: the envelope without the members that the bus
    /// fills in at each attempt (store/same_event.hpp). At most 64 bytes.
    std::string digest;
    /// Type and id of the event's aggregate, one text per aggregate: for version claims.
    std::string aggregate;
    /// A replica need not keep it. Then a key is forgotten when Redis loses it, and only the
    /// events' own ids protect from a repeated request.
    std::optional<RequestKey> key = {};

    std::size_t bytes() const {
        return publisher.size() + envelope.size() + provenance.size() + digest.size() +
               aggregate.size() + 96;
    }
    bool operator==(const StreamRecord&) const = default;
};
using StreamRecords = std::vector<StreamRecord>;

}  // namespace rotacast::cluster
