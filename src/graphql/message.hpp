#pragma once

// Parses clients' messages; the same for all WebSocket subprotocols of GraphQL.

#include "graphql/engine.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// A message of a client. `payload` is also null if the message has none: see has_payload.
struct Message {
    std::string type;
    std::string id;  ///< empty if it is missing or is not a string
    json::value payload;
    bool has_payload = false;
};

enum class Unreadable : std::uint8_t { no_json, no_message };

/// A JSON object with a `type`, or the reason why the text is not one.
struct ReadMessage {
    std::optional<Message> message;
    Unreadable why = Unreadable::no_json;
};
ReadMessage read_message(std::string_view text);

/// The token in the payload of connection_init, where clients send it as `token`, `authToken` or
/// `Authorization` in any case, with or without `Bearer `.
std::optional<std::string> token_in(const json::value* payload);

}  // namespace rotacast::graphql
