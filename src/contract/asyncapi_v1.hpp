#pragma once

// The messages of rotacast.v1 for the AsyncAPI document (docs/protocol.md, "Messages").

#include "reflect/json.hpp"

#include <string>
#include <vector>

namespace rotacast::contract {

namespace json = boost::json;

struct NamedSchema {
    std::string name;  ///< `v1.command.<action>` or `v1.<event_type>`
    json::object schema;
};

/// The clients' commands.
std::vector<NamedSchema> v1_commands();

/// Responses and notices, with keys in the document's order, then the events: those of the classic
/// protocol, whose schemas are in the same components, with `event_id` and `cursor`.
std::vector<NamedSchema> v1_messages();

}  // namespace rotacast::contract
