#pragma once

// GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): decoding of requests, and
// the media type and status of responses. Pure.

#include "graphql/engine.hpp"
#include "http/request_context.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::api {

enum class GraphqlMedia : std::uint8_t {
    json,              ///< application/json: errors in a document are reported with status 200
    graphql_response,  ///< application/graphql-response+json: with an error status, too
    event_stream,
    html,
    none,  ///< no acceptable type that we support
};

/// Chosen by the Accept header; JSON without one. A quality of 0 excludes a type; other qualities
/// do not matter.
GraphqlMedia wanted_media(const http::RequestContext& context);

/// Read from the query for GET, from the body for POST. Errors: `bad_request` and others;
/// graphql_refusal() knows the status of each.
Result<graphql::Request> graphql_request_of(const http::RequestContext& context);

/// Whether the Content-Type of a POST is JSON in UTF-8.
bool carries_json(const http::RequestContext& context);

http::Response graphql_response(GraphqlMedia media, http::status status, std::string text);

/// The response to a request that was not executed.
http::Response graphql_refusal(GraphqlMedia media, const Error& error);

}  // namespace rotacast::api
