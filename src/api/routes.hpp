#pragma once

// The HTTP endpoints, one function per area of the API. The services must outlive the router.

#include "http/router.hpp"
#include "live/services.hpp"
#include "net/websocket_session.hpp"

#include <memory>

namespace rotacast::execution {
struct Services;
}
namespace rotacast::webhooks {
class Webhooks;
}

namespace rotacast::api {

/// Login, refresh, logout under /api/auth and /api/v1/auth.
void add_auth_routes(http::Router& router, live::Services& services);

/// POST /api/v1/events and /api/v1/broadcast/{client_event}.
void add_event_routes(http::Router& router, live::Services& services);

/// The WebSocket endpoint with its health and statistics, under all the paths of the original.
void add_websocket_routes(http::Router& router,
                          live::Services& services,
                          std::shared_ptr<const net::WebSocketOptions> options);

/// GET /api/v1/events/stream: server-sent events, with the bounds of WebSockets.
void add_stream_routes(http::Router& router,
                       live::Services& services,
                       const net::WebSocketOptions& options);

/// /graphql and /api/v1/graphql: WebSocket, HTTP and server-sent events.
void add_graphql_routes(http::Router& router,
                        execution::Services& services,
                        std::shared_ptr<const net::WebSocketOptions> options);

/// GET /api/v1/presence: who is present.
void add_presence_routes(http::Router& router, live::Services& services);

/// /api/v1/bus: statistics, subscriptions, audit, ledger, and add_dead_letter_routes().
void add_bus_routes(http::Router& router, live::Services& services);
/// Dead letters, replays, discards, restores under /api/v1/bus.
void add_dead_letter_routes(http::Router& router, live::Services& services);

/// Receivers of webhooks, under /api/v1/webhooks.
void add_webhook_routes(http::Router& router,
                        live::Services& services,
                        webhooks::Webhooks& webhooks);

/// POST /api/v1/server/drain: lets an operator end the server.
void add_server_routes(http::Router& router, live::Services& services);

/// Liveness, readiness, statistics for operators.
void add_status_routes(http::Router& router, live::Services& services);

}  // namespace rotacast::api
