// The command parser of the classic protocol. Every input must be parsed or ignored.

#include "ws/command.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rotacast;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto command = ws::parse_command(text);
    if (const auto* subscribe = std::get_if<ws::Subscribe>(&command))
        if (subscribe->topic.kind == hub::Topic::Kind::everybody) std::abort();
    return 0;
}
