#include "bus/handler.hpp"

#include <stdexcept>

namespace rotacast::bus {
namespace {

std::uint64_t hash_of(std::string_view text) {  // FNV-1a: must be the same in every build
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
    return hash;
}

/// Equal for each run of the same handler for the same event, so the journal recognises the event
/// long after it has forgotten the idempotency key. Keeps the timestamp at the start of the cause's
/// id, if any, so that the journal's index grows at its end.
Uuid derived_id(const Uuid& cause, std::string_view subscriber, std::size_t index) {
    auto id = Uuid::derived(cause, hash_of(subscriber) + index);
    std::copy_n(cause.bytes.begin(), 6, id.bytes.begin());
    return id;
}

}  // namespace

void HandlerContext::check_room() const {
    if (effects_.handler_log.size() + effects_.derived.size() >= effects_max)
        throw std::length_error("a delivery has too many effects");
}

void HandlerContext::handler_log(std::string kind, std::string subject, std::string detail) {
    check_room();
    effects_.handler_log.push_back({std::move(kind), std::move(subject), std::move(detail)});
}

void HandlerContext::derive(events::Envelope envelope) {
    check_room();
    auto& own = envelope.metadata;
    const auto& cause = *metadata().event_id;
    if (!own.event_id) own.event_id = derived_id(cause, subscriber_, effects_.derived.size());
    if (!own.correlation_id) own.correlation_id = metadata().correlation_id;
    if (!own.user_id) own.user_id = metadata().user_id;
    own.causation_id = to_string(cause);
    if (!envelope.provenance) envelope.provenance = provenance();
    effects_.derived.push_back(std::move(envelope));
}

}  // namespace rotacast::bus
