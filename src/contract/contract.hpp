#pragma once

// The machine-readable contract, derived from the described types and tables: what `contract/`
// holds. Deterministic: the same build writes the same bytes.

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

std::string asyncapi_json();       ///< AsyncAPI 3.0: what goes over `/ws`, and the intake
std::string openapi_json();        ///< OpenAPI 3.1: the HTTP endpoints
std::string events_schema_json();  ///< event_schemas() as one JSON Schema document
std::string events_markdown();     ///< the same for people
std::string configuration_markdown();

/// Of requests and answers, by name.
json::object openapi_schemas();

/// Two blanks a level, members in their order, a line end at the end.
std::string pretty(const json::value& value);

}  // namespace rotacast::contract
