// The decoder of the original's channel payloads. The first byte chooses the channel.
//
// Holds for every input: an error has a code of intake's; what is accepted is written in a form
// that is accepted again, and then written alike.

#include "bridge/payload.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

namespace {

using namespace rotacast;
using namespace rotacast::bridge;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string written(const Decoded& decoded) {
    const auto time = decoded.envelope.metadata.timestamp.value_or(Timestamp{});
    return std::visit(
        [&](const auto& event) -> std::string {
            if constexpr (events::ClientEventType<std::decay_t<decltype(event)>>)
                return encode_payload(event, time);
            else
                std::abort();
        },
        decoded.envelope.event);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto channel = static_cast<Channel>(data[0] % channel_count);
    const auto decoded =
        decode_payload(channel, {reinterpret_cast<const char*>(data) + 1, size - 1});
    if (!decoded) {
        const auto code = decoded.error().code;
        require(code == ErrorCode::bad_json || code == ErrorCode::invalid_field ||
                code == ErrorCode::missing_field);
        return 0;
    }
    const auto text = written(*decoded);
    for (const char c : text) require(c >= 0x20 && c < 0x7F);
    const auto again = decode_payload(channel, text);
    require(again.has_value());
    require(written(*again) == text);
    return 0;
}
