#pragma once

// CloudEvents 1.0 as publishers send them, in the JSON format (CloudEvents specification v1.0.2 and
// its JSON format). The binary mode of HTTP is read as the same object, its attributes made of the
// headers.

#include "events/event.hpp"

#include <string>
#include <string_view>

namespace rotacast::events {

/// Decodes a domain event that comes as a CloudEvent. `type` is the event type's name; `data` holds
/// what decode_envelope reads: the event's own members, or a whole envelope. Of the attributes,
/// which win over an envelope's metadata,
///
/// - `id`, if it is a UUID, is the event's id; otherwise that is the UUID of version 5 named by
///   `source` and `id`, which are unique together (§3.1.1): sent again, the event is a duplicate;
/// - `time` is its timestamp;
/// - `subject` is its aggregate's id, with or without the aggregate's type and a slash before it;
/// - `source`, and the extensions `traceparent` and `tracestate`, are its provenance.
///
/// The extension `cursor`, which events of Rotacast have, is passed over. Others are ignored, and
/// reported so. Errors: those of decode_envelope; `invalid_field`
/// for another specversion and for data that is not JSON. Paths begin with `path`, that of the
/// CloudEvent within its document.
Result<Decoded> decode_cloud_event(const json::value& value, const std::string& path);

/// The id of an event that came as a CloudEvent with these attributes.
Uuid cloud_event_id(std::string_view source, std::string_view id);

/// Bound of `source`, in bytes.
inline constexpr std::size_t cloud_event_source_bytes_max = 1'024;

}  // namespace rotacast::events
