#pragma once

// GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): decoding of requests, and
// the media type and status of responses. Pure.

#include "graphql/engine.hpp"
#include "http/request_context.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::api {

enum class GraphqlMedia : std::uint8_t {
    json,              ///< application/json: errors in a document are reported with status 200
    graphql_response,  ///< application/graphql-response+json: with an error status, too
    event_stream,      ///< text/event-stream
    multipart,         ///< multipart/mixed;subscriptionSpec=1.0
};

/// What the Accept header asks for (http/accept.hpp).
struct WantedMedia {
    /// Of the response, unless the operation is a subscription. Parts are only for subscriptions if
    /// the client takes JSON, too: Apollo Client asks for both.
    GraphqlMedia response;
    /// The stream that the client names, for a subscription; nullopt: none, perhaps only `*/*`.
    std::optional<GraphqlMedia> stream;
};

/// Error: `not_acceptable`.
Result<WantedMedia> wanted_media(const http::RequestContext& context);

inline bool is_stream(GraphqlMedia media) {
    return media == GraphqlMedia::event_stream || media == GraphqlMedia::multipart;
}

/// Read from the query for GET, from the body for POST. Errors: `bad_request` and others;
/// graphql_refusal() knows the status of each.
Result<graphql::Request> graphql_request_of(const http::RequestContext& context);

/// Whether the Content-Type of a POST is JSON in UTF-8.
bool carries_json(const http::RequestContext& context);

/// `media`: not a stream.
http::Response graphql_response(GraphqlMedia media, http::status status, std::string text);

/// The response to a request that was not executed.
http::Response graphql_refusal(GraphqlMedia media, const Error& error);

}  // namespace rotacast::api
