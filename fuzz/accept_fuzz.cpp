// Content negotiation with an arbitrary Accept header.
//
// Holds for every input: the best type is one that was offered, nothing else is wanted more, and
// without one all are refused. A type that is named is wanted.

#include "http/accept.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace rotacast::http;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view accept(reinterpret_cast<const char*>(data), size);
    constexpr std::array<std::string_view, 3> offered{
        "application/json", "text/event-stream", "multipart/mixed;subscriptionSpec=1.0"};
    const auto best = best_of(accept, offered);
    const auto best_quality = best ? quality_of(accept, *best) : 0;
    require(!best || std::ranges::find(offered, *best) != offered.end());
    require(!best || best_quality > 0);
    for (const auto type : offered) {
        require(quality_of(accept, type) <= best_quality);
        require(!names(accept, type) || quality_of(accept, type) > 0);
    }
    accepts_coding(accept, "gzip");
    return 0;
}
