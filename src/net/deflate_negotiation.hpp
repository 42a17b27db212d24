#pragma once

// The agreement between client and server on compression (RFC 7692 §7.1). Pure functions.
//
// Two parameters are in each of our responses:
// - server_no_context_takeover: a compressed frame is shared by all recipients, so it cannot refer
//   to what one of them received before;
// - client_no_context_takeover: otherwise each connection would have to keep up to 32 KB of window
//   for its whole life, and most connections hardly ever send. A server may demand it unasked
//   (§7.1.1.2).

#include "net/deflate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::net {

/// Returns the value of Sec-WebSocket-Extensions that accepts the first acceptable offer of the
/// client; nullopt if there is none or compression is off. `offers`: the lines of the client's
/// header, joined by commas.
///
/// An offer is skipped, and the next one tried, if
/// - it is for another extension,
/// - it is not well-formed, or a parameter is unknown, repeated, or has an invalid value,
/// - it limits our window (server_max_window_bits) to less than that of shared frames.
///
/// A limit on the client's own window (client_max_window_bits) is confirmed as offered and never
/// made stricter: we can inflate any window, and hold one only while a message is being received.
std::optional<std::string> negotiate_deflate(std::string_view offers,
                                             const DeflateOptions& options);

}  // namespace rotacast::net
