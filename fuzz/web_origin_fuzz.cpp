// The parser of origins with arbitrary text.
//
// Holds for every input: what is accepted has a scheme and a host, is not longer than the input,
// has no character that could end a header, and is the same when it is parsed again.

#include "base/web_origin.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto origin = rotacast::serialized_origin(text);
    if (!origin) {
        require(origin.error().code == rotacast::ErrorCode::config_invalid);
        return 0;
    }
    require(origin->size() <= text.size());
    require(origin->find("://") != std::string::npos && origin->back() != '/');
    for (const char c : *origin) require(c > ' ' && c < '\x7f');
    require(rotacast::serialized_origin(*origin).value() == *origin);
    return 0;
}
