#pragma once

// What all requests for live connections have in common, whatever the protocol.

#include "auth/token_source.hpp"
#include "base/error.hpp"
#include "http/request_context.hpp"
#include "http/sse_session.hpp"
#include "live/admission.hpp"
#include "live/credential_check.hpp"
#include "net/websocket_session.hpp"

#include <memory>

namespace rotacast::api {

/// Finds the token in all places that a browser's script can set: see auth::find_upgrade_token.
Result<auth::FoundToken> find_live_token(const live::CredentialCheck& check,
                                         const http::RequestContext& context);

/// The bounds of a stream: those of a WebSocket.
std::shared_ptr<const http::SseOptions> sse_options(const net::WebSocketOptions& options);

ErrorCode error_of(live::AdmissionRefusal refusal);

}  // namespace rotacast::api
