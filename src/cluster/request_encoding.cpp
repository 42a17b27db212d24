#include "cluster/request_encoding.hpp"

#include "base/hex.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>
#include <utility>

namespace rotacast::cluster {
namespace {

std::string aggregate_of(const events::Envelope& envelope) {
    return envelope.aggregate_type + ':' + envelope.aggregate_id;
}

Result<OffsetClaim> resolve(const bus::VersionClaim& claim, const SharedWith& shared_with) {
    OffsetClaim resolved{claim.event, std::nullopt};
    if (!claim.expected.last) return resolved;
    const auto& cursor = *claim.expected.last;
    const auto shared = shared_with(cursor.epoch);
    if (!shared || cursor.position.offset > *shared)
        return Error{ErrorCode::version_conflict,
                     "The journal no longer has the expected version; read the aggregate again.",
                     '/' + std::to_string(claim.event) + "/expected_version"};
    resolved.last = cursor.position.offset;
    return resolved;
}

}  // namespace

std::string event_digest(const events::Envelope& envelope) {
    auto same = envelope;
    same.metadata.timestamp.reset();
    same.metadata.correlation_id.reset();
    const auto text = events::to_stored_json(same);
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr);
    return to_hex(std::span(hash).first(16));
}

Result<OrderRequestPtr> encode_request(const bus::AppendRequest& request,
                                       const SharedWith& shared_with) {
    if (request.envelopes.empty())
        return Error{ErrorCode::empty_request, "There is no event in the request.", ""};
    auto encoded = std::make_shared<OrderRequest>();
    encoded->publisher = request.publisher;
    for (std::size_t i = 0; i < request.envelopes.size(); ++i) {
        const auto& envelope = request.envelopes[i];
        if (!envelope.metadata.event_id)
            return Error{ErrorCode::missing_field,
                         "An event reached the journal without an identifier.",
                         '/' + std::to_string(i) + "/metadata/event_id"};
        auto raw = store::encode(envelope, "");
        encoded->events.push_back({raw.event_id,
                                   aggregate_of(envelope),
                                   std::move(raw.body),
                                   raw.provenance.value_or(""),
                                   event_digest(envelope)});
    }
    for (const auto& claim : request.version_claims) {
        auto resolved = resolve(claim, shared_with);
        if (!resolved) return resolved.error();
        encoded->claims.push_back(*resolved);
    }
    if (request.idempotency_key)
        encoded->key = RequestKey{*request.idempotency_key,
                                  request.content_digest,
                                  0,
                                  static_cast<std::uint32_t>(request.envelopes.size())};
    return OrderRequestPtr(std::move(encoded));
}

Result<store::ReplicaEntry> to_replica(StreamRecord record) {
    store::RawEntry raw{record.offset,
                        record.stored_at,
                        std::move(record.publisher),
                        record.event_id,
                        std::move(record.envelope),
                        std::nullopt};
    if (!record.provenance.empty()) raw.provenance = std::move(record.provenance);
    return store::decode(std::move(raw));
}

Result<StreamRecord> to_record(store::RawEntry raw) {
    auto entry = store::decode(std::move(raw));
    if (!entry) return entry.error();
    StreamRecord record;
    record.offset = entry->raw.offset;
    record.event_id = entry->raw.event_id;
    record.stored_at = entry->raw.stored_at;
    record.publisher = std::move(entry->raw.publisher);
    record.envelope = std::move(entry->raw.body);
    record.provenance = entry->raw.provenance.value_or("");
    record.digest = event_digest(entry->envelope);
    record.aggregate = aggregate_of(entry->envelope);
    return record;
}

}  // namespace rotacast::cluster
