#pragma once

// A publisher's request as it is sent to the append script: encoded once, then shared by the
// machine, the connection and the outbox.

#include "cluster/stream_record.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::cluster {

struct RequestEvent {
    Uuid id;
    std::string aggregate;
    std::string envelope;
    std::string provenance;
    std::string digest;
};

/// What the publisher expects of the last event of one event's aggregate (bus::VersionClaim), with
/// the cursor's epoch already resolved: an entry that the present epoch does not share is a
/// conflict before anything is sent.
struct OffsetClaim {
    std::size_t event = 0;       ///< index into the events
    std::optional<Offset> last;  ///< nullopt: the aggregate has no event
};

/// Immutable. All of its events are stored, or none.
struct OrderRequest {
    std::string publisher;
    std::vector<RequestEvent> events;  ///< at least one
    /// `index` is that of the first event: not 0 only for an event that a rewound replica gives
    /// back (Adopt), which is a request of its own then.
    std::optional<RequestKey> key;
    std::vector<OffsetClaim> claims;  ///< ascending by event

    std::size_t bytes() const {
        std::size_t sum = publisher.size();
        for (const auto& event : events)
            sum += event.envelope.size() + event.provenance.size() + event.aggregate.size() + 96;
        return sum;
    }
};
using OrderRequestPtr = std::shared_ptr<const OrderRequest>;

/// A row of the outbox: a request whose publisher was answered, and that may be in the order or
/// not.
struct OutboxRow {
    std::uint64_t number = 0;  ///< ascending, never used again; from 1
    OrderRequestPtr request;
};

}  // namespace rotacast::cluster
