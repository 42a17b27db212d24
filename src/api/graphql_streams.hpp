#pragma once

// GraphQL over server-sent events, by HTTP: streams are opened, reserved, given operations.
// https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md

#include "execution/services.hpp"
#include "net/router.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::api {

/// Who asks, by the sources of live connections.
net::asio::awaitable<Result<auth::Principal>> authenticate_asker(execution::Services& services,
                                                                 net::RequestContext& context);

/// Of the single connection mode.
std::optional<std::string> stream_token_in(const net::RequestContext& context);

/// A stream: with a reservation's token for all of its operations, else for the one in the request.
net::asio::awaitable<net::StreamAnswer> open_graphql_stream(execution::Services& services,
                                                            net::RequestContext& context);
/// Another operation on a reserved stream.
net::asio::awaitable<net::Response> add_to_graphql_stream(execution::Services& services,
                                                          net::RequestContext& context);

/// PUT reserves a stream, DELETE ends an operation on one.
void add_graphql_stream_routes(net::Router& router,
                               execution::Services& services,
                               std::string_view path);

}  // namespace rotacast::api
