#pragma once

// Generates the machine-readable contract, the files of `contract/`, from the described types and
// tables. Deterministic: the same build writes the same bytes.

#include "reflect/json.hpp"

#include <string>
#include <vector>

namespace rotacast::contract {

namespace json = boost::json;

struct ContractFile {
    std::string name;
    std::string content;
};

/// Every file of `contract/`, in alphabetical order.
std::vector<ContractFile> contract_files();

/// JSON Schemas by name (names.hpp): each event type as it is published, `Metadata`, and each
/// client event as `/ws` sends it, in both spellings of its keys. References are to `#/$defs/`.
json::object event_schemas();

/// Each client event as `POST /api/v1/broadcast/{type}` reads it.
json::object broadcast_schemas();

/// Any event that back ends publish, by references to `#/$defs/`.
json::object published_union();

std::string asyncapi_json();       ///< AsyncAPI 3.0: the messages on `/ws`, and intake
std::string openapi_json();        ///< OpenAPI 3.1: the HTTP endpoints
std::string events_schema_json();  ///< JSON Schema: event_schemas(), and any of them at the root
std::string events_markdown();     ///< the same in Markdown
std::string configuration_markdown();
std::string metrics_markdown();  ///< every metric with its type, label and meaning
std::string
errors_markdown();  ///< every error with its number, and what it closes connections with

/// Schemas of requests and responses, by name.
json::object openapi_schemas();

/// Formats JSON with two spaces per level, members in their order, and a final line end.
std::string pretty(const json::value& value);

}  // namespace rotacast::contract
