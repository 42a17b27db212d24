#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http.hpp"
#include "net/router.hpp"

namespace rotacast::net {

/// Whether the client asks for a WebSocket at all (RFC 6455 §4.1), rightly or not.
bool asks_for_websocket(const Request& request);

/// The refusal of a handshake that is wrong: 426 for another version than 13 (§4.4), else 400.
std::optional<Response> check_handshake(const Request& request);

/// Sec-WebSocket-Accept for the client's key (§4.2.2).
std::string accept_value(std::string_view key);

/// The 101 for a handshake that was checked.
Response switching_protocols(const Request& request, const UpgradeAccepted& accepted);

}  // namespace rotacast::net
