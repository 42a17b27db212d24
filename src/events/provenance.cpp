#include "events/provenance.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::events {
namespace {

/// version "-" trace-id "-" parent-id "-" trace-flags
constexpr std::size_t version_00_bytes = 2 + 1 + 32 + 1 + 16 + 1 + 2;

/// HEXDIGLC: upper case is invalid.
bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

ProvenancePtr shared(Provenance provenance) {
    if (provenance == Provenance{}) return nullptr;
    return std::make_shared<const Provenance>(std::move(provenance));
}

ProvenancePtr completed(ProvenancePtr own, const ProvenancePtr& request) {
    if (!own) return request;
    if (!request) return own;
    auto both = *own;
    if (!both.traceparent) {
        both.traceparent = request->traceparent;
        both.tracestate = request->tracestate;
    }
    if (!both.request_id) both.request_id = request->request_id;
    if (!both.source) both.source = request->source;
    return shared(std::move(both));
}

bool is_traceparent(std::string_view text) {
    if (text.size() < version_00_bytes || text.size() > traceparent_bytes_max) return false;
    const auto version = text.substr(0, 2);
    if (!is_lower_hex(version) || version == "ff") return false;
    if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
    if (!is_id(text.substr(3, 32)) || !is_id(text.substr(36, 16))) return false;
    if (!is_lower_hex(text.substr(53, 2))) return false;
    if (text.size() == version_00_bytes) return true;
    // A later version may add fields, and they are passed on: they must not break a header.
    return version != "00" && text[version_00_bytes] == '-' && is_tracestate(text);
}

bool is_tracestate(std::string_view text) {
    return !text.empty() && text.size() <= tracestate_bytes_max &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void keep_trace(Provenance& to, std::string_view traceparent, std::string_view tracestate) {
    if (!is_traceparent(traceparent)) return;
    to.traceparent = std::string(traceparent);
    to.tracestate.reset();
    if (is_tracestate(tracestate)) to.tracestate = std::string(tracestate);
}

}  // namespace rotacast::events
