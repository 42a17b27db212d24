#pragma once

// The messages of rotacast.v1 for the AsyncAPI document (docs/protocol.md, "Messages").

#include "reflect/json.hpp"

#include <string>
#include <vector>

namespace rotacast::contract {

namespace json = boost::json;

struct NamedSchema {
    std::string name;  ///< v1_command_name or v1_message_name
    json::object schema;
};

/// The clients' commands.
std::vector<NamedSchema> v1_commands();

/// Responses and notices, with keys in the document's order, then events and notifications: the
/// classic encoding, whose schemas are in the same components, with `event_id` and `cursor`.
std::vector<NamedSchema> v1_messages();

}  // namespace rotacast::contract
