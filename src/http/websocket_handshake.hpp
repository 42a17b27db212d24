#pragma once

// The opening handshake of a WebSocket (RFC 6455, section 4), on the server's side.

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/router.hpp"

namespace rotacast::http {

/// Whether the client asks for a WebSocket at all (RFC 6455 §4.1), correctly or not.
bool asks_for_websocket(const Request& request);

/// The refusal of an invalid handshake: 426 for a version other than 13 (§4.4), else 400. nullopt
/// if it is valid.
std::optional<Response> check_handshake(const Request& request);

/// Sec-WebSocket-Accept for the client's key (§4.2.2).
std::string accept_value(std::string_view key);

/// The 101 response to a handshake that check_handshake() accepted.
Response switching_protocols(const Request& request, const UpgradeAccepted& accepted);

}  // namespace rotacast::http
