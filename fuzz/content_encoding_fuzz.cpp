// Bodies in gzip. The first two bytes choose the bound.
//
// Holds for every input: no crash; nothing larger than the bound comes out, and hardly more memory
// than that is used; with a larger bound the same comes out.

#include "http/content_encoding.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rotacast::http;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::uint64_t bound = data[0] + 256U * data[1];
    const std::string_view octets(reinterpret_cast<const char*>(data) + 2, size - 2);
    std::string inflated;
    const auto result = inflate_gzip(octets, bound, inflated);
    require(inflated.capacity() <= 2 * bound + 64);
    if (result != Inflated::whole) return 0;
    require(inflated.size() <= bound);
    std::string again;
    require(inflate_gzip(octets, 1 << 20, again) == Inflated::whole && again == inflated);
    return 0;
}
