#include "store/outbox_request.hpp"

#include "store/described_column.hpp"
#include "store/pending_append.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace rotacast::store {

struct OutboxEvent {
    std::string body;
    std::optional<std::string> provenance;
};
DESCRIBE(OutboxEvent,
         "An event, and where it comes from, as the journal stores them.",
         (body, "The envelope as JSON text."),
         (provenance, "Beside it, as JSON text."))

struct OutboxClaim {
    std::int64_t event = 0;
    std::optional<std::string> last;
};
DESCRIBE(OutboxClaim,
         "A publisher's expectation of an aggregate's last event.",
         (event, "Index of the event."),
         (last, "Cursor of the last event; none if the aggregate has none yet."))

struct OutboxRequest {
    std::string publisher;
    std::optional<std::string> idempotency_key;
    std::string content_digest;
    bool refuse_unseen = false;
    std::vector<OutboxEvent> events;
    std::vector<OutboxClaim> version_claims;
};
DESCRIBE(OutboxRequest,
         "A request to publish.",
         (publisher, "Who publishes."),
         (idempotency_key, "As bus::AppendRequest, like the rest."),
         (content_digest, "For the comparison of requests with the same key."),
         (refuse_unseen, "Whether to refuse what no client would be sent."),
         (events, "At least one."),
         (version_claims, "Ascending by event."))

namespace {

Error unreadable_request() {
    return {ErrorCode::internal,
            "A request in the outbox cannot be read by this version of the program.",
            ""};
}

Result<events::Envelope> envelope_of(const OutboxEvent& event) {
    const auto parsed = reflect::parse_json(event.body);
    auto envelope = parsed ? events::restore_envelope(*parsed) : parsed.error();
    if (envelope && event.provenance)
        envelope->provenance = described_in<events::Provenance>(*event.provenance);
    return envelope;
}

std::optional<bus::VersionClaim> claim_of(const OutboxClaim& stored, std::size_t events) {
    if (stored.event < 0 || static_cast<std::size_t>(stored.event) >= events) return std::nullopt;
    bus::VersionClaim claim{static_cast<std::size_t>(stored.event), {}};
    if (!stored.last) return claim;
    claim.expected.last = bus::Cursor::parse(*stored.last);
    return claim.expected.last ? std::optional(claim) : std::nullopt;
}

}  // namespace

Result<std::string> outbox_text(bus::AppendRequest request) {
    auto prepared = prepare(std::move(request));
    if (!prepared) return prepared.error();
    auto& from = prepared->request;
    OutboxRequest to{std::move(from.publisher),
                     std::move(from.idempotency_key),
                     std::move(from.content_digest),
                     from.refuse_unseen,
                     {},
                     {}};
    to.events.reserve(from.envelopes.size());
    for (std::size_t i = 0; i < from.envelopes.size(); ++i)
        to.events.push_back(
            {std::move(prepared->bodies[i]), described_json(from.envelopes[i].provenance)});
    for (const auto& claim : from.version_claims) {
        auto& stored = to.version_claims.emplace_back();
        stored.event = static_cast<std::int64_t>(claim.event);
        if (claim.expected.last) stored.last = to_string(*claim.expected.last);
    }
    std::string text;
    reflect::encode(text, to, {.audience = reflect::Audience::storage});
    return text;
}

Result<bus::AppendRequest> outbox_request(std::string_view text) {
    const auto parsed = reflect::parse_json(text);
    auto from = parsed ? reflect::decode<OutboxRequest>(*parsed) : parsed.error();
    if (!from || from->events.empty()) return unreadable_request();
    bus::AppendRequest to{{},
                          std::move(from->publisher),
                          std::move(from->idempotency_key),
                          std::move(from->content_digest)};
    to.refuse_unseen = from->refuse_unseen;
    to.envelopes.reserve(from->events.size());
    for (const auto& event : from->events) {
        auto envelope = envelope_of(event);
        if (!envelope) return unreadable_request();
        to.envelopes.push_back(std::move(*envelope));
    }
    for (const auto& stored : from->version_claims) {
        const auto claim = claim_of(stored, to.envelopes.size());
        if (!claim) return unreadable_request();
        to.version_claims.push_back(*claim);
    }
    return to;
}

}  // namespace rotacast::store
