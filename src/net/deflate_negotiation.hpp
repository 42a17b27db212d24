#pragma once

// What a client and we agree on before messages are compressed (RFC 7692 §7.1). Pure functions.
//
// Two parameters are the same in every answer of ours:
// - server_no_context_takeover: a compressed frame is shared by all who get it, so it cannot refer
//   to what one of them got before;
// - client_no_context_takeover: else each connection would have to keep up to 32 KB of window for
//   as long as it lives, and most of them hardly ever send. A server may ask for it unasked
//   (§7.1.1.2).

#include "net/deflate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::net {

/// The value of Sec-WebSocket-Extensions that accepts the first acceptable of the client's offers;
/// nothing when there is none, or when we do not compress. `offers` are the lines of the client's
/// header, joined by commas.
///
/// An offer is passed over, and the next one looked at, when
/// - it is of another extension,
/// - it is not well-formed, or a parameter is unknown, repeated, or has a value it must not have,
/// - it bounds our window (server_max_window_bits) below the one of shared frames.
///
/// A bound of the client's own window (client_max_window_bits) is confirmed as offered, and never
/// made stricter: we can inflate anything, and hold the window only while a message is coming in.
std::optional<std::string> negotiate_deflate(std::string_view offers,
                                             const DeflateOptions& options);

}  // namespace rotacast::net
