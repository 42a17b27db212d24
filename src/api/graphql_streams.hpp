#pragma once

// HTTP side of GraphQL streams: opens and reserves them, adds operations to them.
// https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md

#include "api/graphql_http.hpp"
#include "execution/environment.hpp"
#include "http/router.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::api {

/// Identifies the user by the same token sources as for live connections.
net::asio::awaitable<Result<auth::Principal>> authenticate_asker(
    execution::Environment& environment, http::RequestContext& context);

/// The stream's token, for the single connection mode.
std::optional<std::string> stream_token_in(const http::RequestContext& context);

/// Opens a stream of this type: for a reservation's token one for all of its operations, else one
/// for the operation in the request.
net::asio::awaitable<http::StreamAnswer> open_graphql_stream(execution::Environment& environment,
                                                             http::RequestContext& context,
                                                             GraphqlMedia media);

/// The stream of this type for one operation, if the user may have another.
http::StreamAnswer graphql_stream_for(execution::Environment& environment,
                                      const http::RequestContext& context,
                                      GraphqlMedia media,
                                      auth::Principal principal,
                                      graphql::Request request);

/// Adds an operation to a reserved stream.
net::asio::awaitable<http::Response> add_to_graphql_stream(execution::Environment& environment,
                                                           http::RequestContext& context);

/// PUT reserves a stream, DELETE ends an operation on one.
void add_graphql_stream_routes(http::Router& router,
                               execution::Environment& environment,
                               std::string_view path);

}  // namespace rotacast::api
