#pragma once

// The payloads of the original's channels, byte by byte (wire specification §4.6): JSON as Python's
// json.dumps() writes it, with snake_case keys in a fixed order.

#include "base/error.hpp"
#include "base/time.hpp"
#include "bridge/channel.hpp"
#include "events/event.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::bridge {

/// The payload of a client event that has a channel; of another, nothing. Times are without a zone,
/// with six digits behind the second or none, as in the original; ours are whole milliseconds.
std::string encode_payload(const events::ClientEvent& event, Timestamp time);

/// A payload as an event of ours.
struct Decoded {
    events::Envelope envelope;         ///< without an id; without a time if the payload has none
    std::vector<std::string> remarks;  ///< what is unusual about it, in sentences without values
};

/// As tolerant as the original's subscribers (the same section): members that are missing or null
/// are empty, unknown ones are passed over, words outside of the usual vocabulary are kept and
/// remarked on. Errors: `bad_json`, `invalid_field`, `missing_field`; never with a value of the
/// payload. A swap approval by nobody gets the nil UUID (RFC 9562 §5.9), because classic clients
/// need one; encode_payload() makes null of it.
Result<Decoded> decode_payload(Channel channel, std::string_view payload);

}  // namespace rotacast::bridge
