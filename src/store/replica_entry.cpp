#include "store/replica_entry.hpp"

#include "reflect/json.hpp"
#include "store/described_column.hpp"

#include <utility>

namespace rotacast::store {
namespace {

Error unreadable(const RawEntry& raw) {
    return {ErrorCode::internal,
            "Entry " + std::to_string(raw.offset) +
                " of the common order cannot be read by this version of the program.",
            ""};
}

}  // namespace

Result<ReplicaEntry> decode(RawEntry raw) {
    const auto parsed = reflect::parse_json(raw.body);
    auto envelope = parsed ? events::restore_envelope(*parsed) : parsed.error();
    if (!envelope || envelope->metadata.event_id != raw.event_id) return unreadable(raw);
    if (raw.provenance) envelope->provenance = described_in<events::Provenance>(*raw.provenance);
    return ReplicaEntry{std::move(raw), std::move(*envelope)};
}

RawEntry encode(const events::Envelope& envelope, std::string publisher) {
    RawEntry raw;
    raw.publisher = std::move(publisher);
    raw.event_id = envelope.metadata.event_id.value_or(Uuid{});
    raw.body = events::to_stored_json(envelope);
    raw.provenance = described_json(envelope.provenance);
    return raw;
}

Result<bus::AppendRequest> append_again(RawEntry raw) {
    auto entry = decode(std::move(raw));
    if (!entry) return entry.error();
    bus::AppendRequest request;
    request.envelopes.push_back(std::move(entry->envelope));
    request.publisher = std::move(entry->raw.publisher);
    return request;
}

}  // namespace rotacast::store
