#include "bus/delivery.hpp"

#include <array>

namespace rotacast::bus {

std::string_view to_string(DeliveryState state) {
    static constexpr std::array<std::string_view, delivery_states> names{
        "pending", "waiting", "leased", "replaying", "dead", "discarded"};
    return names[static_cast<std::size_t>(state)];
}

std::uint64_t ordering_key_of(const events::Envelope& envelope) {
    // FNV-1a: the key is stored in rows, so it must be the same in every build.
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    const auto add = [&hash](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
        hash = (hash ^ 0xff) * 0x100000001b3ULL;  // not in UTF-8: ends the text
    };
    add(envelope.aggregate_type);
    add(envelope.aggregate_id);
    return hash;
}

}  // namespace rotacast::bus
