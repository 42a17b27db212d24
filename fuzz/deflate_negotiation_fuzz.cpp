// The negotiation of permessage-deflate with an arbitrary Sec-WebSocket-Extensions header. Byte 0
// chooses our window; the remaining bytes are the header's value.
//
// Holds for every input: a response names the extension and no context takeover, and would itself
// be accepted if it were sent as an offer.

#include "net/deflate_negotiation.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace rotacast::net;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::uint8_t windows = deflate_window_bits_max - deflate_window_bits_min + 1;
    DeflateOptions options;
    options.enabled = true;
    options.window_bits = static_cast<std::uint8_t>(deflate_window_bits_min + data[0] % windows);
    const std::string_view offers(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto answer = negotiate_deflate(offers, options);
    if (!answer) return 0;
    require(answer->starts_with(
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"));
    require(negotiate_deflate(*answer, options) == answer);
    return 0;
}
