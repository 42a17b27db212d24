#pragma once

// Encodes the messages about an operation for each transport. The text of a result is the same for
// all clients that selected the same; only the text around it differs.

#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// Pure, thread-safe, static lifetime. Produces WebSocket messages or complete records of a stream.
/// `id` is that of the operation; empty where a stream has only one.
class MessageEncoder {
  public:
    /// The text before a result's JSON, and after it.
    virtual std::string before_result(std::string_view id) const = 0;
    virtual std::string_view after_result() const = 0;
    /// The operation was rejected. `errors` are JSON objects, at least one. Nothing follows.
    virtual std::string errors(std::string_view id, std::span<const std::string> errors) const = 0;
    /// The operation has ended.
    virtual std::string complete(std::string_view id) const = 0;

    std::string result(std::string_view id, std::string_view json) const {
        return before_result(id).append(json).append(after_result());
    }

  protected:
    ~MessageEncoder() = default;
};

/// The same for the response to an HTTP request, which is a stream of messages.
class StreamEncoder : public MessageEncoder {
  public:
    /// These protocols have no message for errors: they are a result without data.
    std::string errors(std::string_view id, std::span<const std::string> errors) const final;

    virtual std::string_view content_type() const = 0;
    /// Sent with the response's head, so that proxies and browsers pass it on.
    virtual std::string_view greeting() const = 0;
    /// Sent on a quiet stream.
    virtual std::string_view keep_alive() const = 0;
    /// The last words of a stream that the server ends although operations run. Empty if the
    /// protocol has none: its clients take an end without `complete` for a broken connection.
    virtual std::string farewell(const Error& reason) const = 0;

  protected:
    ~StreamEncoder() = default;
};

const MessageEncoder& transport_ws_encoder();
const MessageEncoder& transport_legacy_encoder();
/// https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
const StreamEncoder& sse_distinct_encoder();
const StreamEncoder& sse_single_encoder();
/// Apollo's multipart protocol: one operation as the parts of a multipart body (RFC 2046 §5.1).
/// https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
const StreamEncoder& multipart_encoder();

}  // namespace rotacast::graphql
