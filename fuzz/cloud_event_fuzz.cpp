// CloudEvents from publishers, and the traces that come with them.
//
// Holds for every input: no crash; an accepted event survives storing and restoring unchanged and
// has an id, which is the same each time; an error has a message and a path below the one given;
// what is kept of a trace can be sent as a header.

#include "events/cloud_event.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace rotacast;

void require(bool holds) {
    if (!holds) std::abort();
}

bool fits_a_header(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void check_trace(std::string_view text) {
    events::Provenance kept;
    events::keep_trace(kept, text, text);
    require(!kept.tracestate || kept.traceparent);
    require(!kept.traceparent || fits_a_header(*kept.traceparent));
    require(!kept.tracestate || fits_a_header(*kept.tracestate));
}

void check_accepted(const events::Envelope& envelope) {
    const auto text = events::to_json(envelope);
    const auto restored = events::restore_envelope(reflect::parse_json(text).value());
    require(restored.has_value());
    require(events::to_json(*restored) == text);
    require(envelope.metadata.event_id && envelope.provenance && envelope.provenance->source);
}

void check_refused(const Error& error) {
    require(!error.message.empty() && error.path.starts_with("/7"));
    require(error.others.size() < errors_reported_max);
    for (const auto& other : error.others)
        require(other.others.empty() && !other.message.empty() && other.path.starts_with("/7"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_trace(text);
    const auto document = reflect::parse_json(text);
    if (!document) return 0;
    const auto decoded = events::decode_cloud_event(*document, "/7");
    if (!decoded) {
        check_refused(decoded.error());
        return 0;
    }
    check_accepted(decoded->envelope);
    const auto again = events::decode_cloud_event(*document, "/7");
    require(again && again->envelope.metadata.event_id == decoded->envelope.metadata.event_id);
    return 0;
}
