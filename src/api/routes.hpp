#pragma once

// The HTTP endpoints, one function per area of the API. What the routes are given must outlive the
// router.

#include "http/router.hpp"
#include "net/websocket_session.hpp"

#include <memory>

namespace rotacast::execution {
struct Environment;
}
namespace rotacast::live {
struct CredentialCheck;
struct Logins;
struct Operators;
class ScrapeToken;
struct ServerStatus;
struct Sources;
struct Supervision;
}  // namespace rotacast::live
namespace rotacast::presence {
class PresenceBoard;
}
namespace rotacast::webhooks {
class Webhooks;
}

namespace rotacast::api {

struct Publishing;

/// Login, refresh, logout under /api/auth and /api/v1/auth.
void add_auth_routes(http::Router& router, live::Logins& logins);

/// POST /api/v1/events and /api/v1/broadcast/{client_event}.
void add_event_routes(http::Router& router, live::CredentialCheck& check, Publishing& publishing);

/// The WebSocket endpoint with its health and statistics, under all the paths of the original.
/// `refuse_by_http`: refused with an HTTP status, which no browser's script sees; else the
/// connection is accepted, and closed with a code.
void add_websocket_routes(http::Router& router,
                          live::Sources& sources,
                          live::Supervision& supervision,
                          live::CredentialCheck& check,
                          bool refuse_by_http,
                          std::shared_ptr<const net::WebSocketOptions> options);

/// GET /api/v1/events/stream: server-sent events, with the bounds of WebSockets.
void add_stream_routes(http::Router& router,
                       live::Sources& sources,
                       live::Supervision& supervision,
                       live::CredentialCheck& check,
                       const net::WebSocketOptions& options);

/// /graphql and /api/v1/graphql: WebSocket, HTTP and server-sent events.
void add_graphql_routes(http::Router& router,
                        execution::Environment& environment,
                        std::shared_ptr<const net::WebSocketOptions> options);

/// GET /api/v1/presence: who is present.
void add_presence_routes(http::Router& router,
                         live::CredentialCheck& check,
                         presence::PresenceBoard& board);

/// /api/v1/bus: statistics, subscriptions, audit, handler log, and add_dead_letter_routes().
void add_bus_routes(http::Router& router, live::Operators& operators);
/// Dead letters, replays, discards, restores under /api/v1/bus.
void add_dead_letter_routes(http::Router& router, live::Operators& operators);

/// Receivers of webhooks, under /api/v1/webhooks.
void add_webhook_routes(http::Router& router,
                        live::CredentialCheck& check,
                        webhooks::Webhooks& webhooks);

/// POST /api/v1/server/drain: lets an operator end the server. GET /api/v1/nodes.
void add_server_routes(http::Router& router, live::Operators& operators);

/// Liveness and readiness.
void add_probe_routes(http::Router& router, const live::ServerStatus& status);

/// GET /api/v1/stats: statistics for operators.
void add_statistics_routes(http::Router& router, live::ServerStatus& status);

/// GET /metrics: the same for Prometheus. `open_without_token`: what happens if there is no token,
/// open to everybody or to nobody.
void add_metrics_route(http::Router& router,
                       live::ServerStatus& status,
                       const live::ScrapeToken& token,
                       bool open_without_token);

}  // namespace rotacast::api
