#pragma once

// What the request that brought an event said of where it comes from. It is stored beside the
// event, never in it: the event stays as it was published, and clients see nothing of it. Handlers
// and webhooks get it, so that what they do can be found in the trace of what caused it.

#include "reflect/describe.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::events {

struct Provenance {
    std::optional<std::string> traceparent;
    std::optional<std::string> tracestate;
    std::optional<std::string> request_id;
    std::optional<std::string> source;

    bool operator==(const Provenance&) const = default;
};
DESCRIBE(Provenance,
         "Where an event comes from, beside what it says itself.",
         (traceparent, "The span that published it (W3C Trace Context)."),
         (tracestate, "What tracing systems add to that."),
         (request_id, "The X-Request-ID of the request."),
         (source, "The source of the CloudEvent that it came as."))

/// Null if nothing is known. Immutable; the events of one request share it.
using ProvenancePtr = std::shared_ptr<const Provenance>;

/// Null if it says nothing.
ProvenancePtr shared(Provenance provenance);

/// `own` with what `request` knows besides. Copies nothing unless both say something.
ProvenancePtr completed(ProvenancePtr own, const ProvenancePtr& request);

/// Whether `text` is a traceparent (W3C Trace Context §3.2) of version 00, or of a later version as
/// far as §3.2.4 lets us read it; at most traceparent_bytes_max. We make no span of our own, so a
/// valid one is passed on unchanged.
bool is_traceparent(std::string_view text);
inline constexpr std::size_t traceparent_bytes_max = 128;

/// Whether a tracestate can be passed on: printable ASCII, at most tracestate_bytes_max (§3.3.1.5).
bool is_tracestate(std::string_view text);
inline constexpr std::size_t tracestate_bytes_max = 512;

/// Keeps both if `traceparent` is valid; a tracestate that is not is dropped alone. Otherwise
/// nothing changes: a malformed trace is no reason to refuse an event (§3.2.2.3, §4.3).
void keep_trace(Provenance& to, std::string_view traceparent, std::string_view tracestate);

}  // namespace rotacast::events
