#pragma once

// GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): reading requests, and
// the media type and status of answers. Pure.

#include "graphql/engine.hpp"
#include "net/request_context.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::api {

enum class GraphqlMedia : std::uint8_t {
    json,              ///< application/json: what is wrong with a document is told with 200
    graphql_response,  ///< application/graphql-response+json: by the status, too
    event_stream,
    html,
    none,  ///< nothing that we have
};

/// By the Accept header; JSON without one. A quality of 0 excludes, others do not order.
GraphqlMedia wanted_media(const net::RequestContext& context);

/// By query for GET, by body for POST. Errors: `bad_request` and the like; with what status, see
/// graphql_refusal().
Result<graphql::Request> graphql_request_of(const net::RequestContext& context);

/// Whether a POST says that its body is JSON, in UTF-8.
bool carries_json(const net::RequestContext& context);

net::Response graphql_response(GraphqlMedia media, net::http::status status, std::string text);

/// What was not even tried.
net::Response graphql_refusal(GraphqlMedia media, const Error& error);

}  // namespace rotacast::api
