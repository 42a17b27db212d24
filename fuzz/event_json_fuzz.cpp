// The decoder of published events. An accepted event must survive storing and restoring unchanged,
// and an error must have a path.

#include "events/event.hpp"

#include <cstdlib>

namespace {

using namespace rotacast;

void require(bool good) {
    if (!good) std::abort();
}

void check_accepted(const events::Envelope& envelope) {
    const auto text = events::to_json(envelope);
    const auto stored = reflect::parse_json(text);
    require(stored.has_value());
    const auto restored = events::restore_envelope(*stored);
    require(restored.has_value());
    require(events::to_json(*restored) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = reflect::parse_json({reinterpret_cast<const char*>(data), size});
    if (!document) return 0;
    if (const auto decoded = events::decode_envelope(*document, "")) {
        check_accepted(decoded->envelope);
    } else {
        require(info(decoded.error().code).code == decoded.error().code);
        require(!decoded.error().message.empty());
    }
    for (const auto& type : events::all_types())
        if (type.kind == events::Kind::broadcast)
            if (const auto decoded = events::decode_broadcast(type.type, *document))
                check_accepted(decoded->envelope);
    return 0;
}
