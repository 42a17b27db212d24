#pragma once

// Encodes the messages about an operation for each transport. The text of a result is the same for
// all clients that selected the same; only the text around it differs.

#include <span>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// Pure, thread-safe, static lifetime. Produces WebSocket messages or complete records of
/// server-sent events. `id` is that of the operation; empty in the distinct connections mode of
/// server-sent events.
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

const MessageEncoder& transport_ws_encoder();
const MessageEncoder& transport_legacy_encoder();
/// https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
const MessageEncoder& sse_distinct_encoder();
const MessageEncoder& sse_single_encoder();

}  // namespace rotacast::graphql
