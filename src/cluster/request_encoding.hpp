#pragma once

// Publishers' requests and entries as the order's texts, and back.

#include "bus/journal.hpp"
#include "cluster/order_request.hpp"
#include "cluster/stream_record.hpp"
#include "store/replica_entry.hpp"

#include <functional>
#include <optional>
#include <string>

namespace rotacast::cluster {

/// Up to which entry the present order is the one of the named epoch (bus::Journal::shared_with).
using SharedWith = std::function<std::optional<Offset>(const std::string& epoch)>;

/// Encodes a request. Errors: `empty_request`; `missing_field` for an event without an identifier;
/// `version_conflict` (path `/<event>/expected_version`) for a claim that names an entry which is
/// not in the present order.
Result<OrderRequestPtr> encode_request(const bus::AppendRequest& request,
                                       const SharedWith& shared_with);

/// Of what makes two events with one id the same: all of the envelope except what the bus fills in
/// at each attempt (metadata.timestamp and metadata.correlation_id). 32 hexadecimal digits.
std::string event_digest(const events::Envelope& envelope);

/// Decodes an entry of the stream for the replica. Errors: those of store::decode.
Result<store::ReplicaEntry> to_replica(StreamRecord record);

/// An entry of the replica as it is put back into the stream. Errors: those of store::decode.
Result<StreamRecord> to_record(store::RawEntry raw);

}  // namespace rotacast::cluster
