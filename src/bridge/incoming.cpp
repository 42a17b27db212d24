#include "bridge/incoming.hpp"

#include "bridge/message_id.hpp"
#include "bridge/payload.hpp"

#include <utility>

namespace rotacast::bridge {

Verdict judge(Channel channel, std::string_view payload, const SentMessages& sent) {
    if (payload.size() > payload_bytes_max)
        return Unusable{{ErrorCode::too_large,
                         "It has " + std::to_string(payload.size()) + " bytes, and at most " +
                             std::to_string(payload_bytes_max) + " are read.",
                         ""}};
    const auto id = message_id(channel, payload);
    if (sent.has(id)) return Own{};
    auto decoded = decode_payload(channel, payload);
    if (!decoded) return Unusable{decoded.error()};
    decoded->envelope.metadata.event_id = id;
    bus::PublishRequest request;
    request.envelopes.push_back(std::move(decoded->envelope));
    request.origin.publisher = bridge_publisher;
    request.idempotency_key = to_string(id);
    request.content_digest = to_string(id);
    return TakeIn{std::move(request), std::move(decoded->remarks)};
}

}  // namespace rotacast::bridge
