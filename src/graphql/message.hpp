#pragma once

// Reading what clients send, the same for each transport of GraphQL.

#include "graphql/engine.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// One message of a client. `payload` is null when there is none, too: see has_payload.
struct Message {
    std::string type;
    std::string id;  ///< empty when there is none, or no text
    json::value payload;
    bool has_payload = false;
};

enum class Unreadable : std::uint8_t { no_json, no_message };

/// A JSON object with a `type`; else why not.
struct ReadMessage {
    std::optional<Message> message;
    Unreadable why = Unreadable::no_json;
};
ReadMessage read_message(std::string_view text);

/// Where clients put it in connection_init: `token`, `authToken`, or `Authorization` in any case,
/// with or without `Bearer `.
std::optional<std::string> token_in(const json::value* payload);

}  // namespace rotacast::graphql
