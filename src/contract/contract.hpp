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

/// JSON Schemas by name: each event type as it is published, `Metadata`, each client event as
/// `/ws` sends it (`schedule_updated`, and `schedule_updated.camel` with `?case=camel`).
json::object event_schemas();

std::string asyncapi_json();       ///< AsyncAPI 3.0: the messages on `/ws`, and intake
std::string openapi_json();        ///< OpenAPI 3.1: the HTTP endpoints
std::string events_schema_json();  ///< event_schemas() as one JSON Schema document
std::string events_markdown();     ///< the same in Markdown
std::string configuration_markdown();

/// Schemas of requests and responses, by name.
json::object openapi_schemas();

/// Formats JSON with two spaces per level, members in their order, and a final line end.
std::string pretty(const json::value& value);

}  // namespace rotacast::contract
