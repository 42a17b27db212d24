// The documents of this contract, which the server serves.

#include "contract/endpoint.hpp"
#include "contract/schema_parts.hpp"

namespace rotacast::contract {
namespace {

Endpoint document(std::string_view path, std::string_view id, std::string_view text) {
    Endpoint made{"get", path, id, text, Who::anybody, "", "", "Document", {}};
    made.other_statuses = {{"304", "It is still the one of If-None-Match."}};
    return made;
}

Endpoint events_schema() {
    auto made = document(
        "/events.schema.json", "eventsSchema", "JSON Schema of all events (draft 2020-12).");
    made.answer_type = "application/schema+json";
    return made;
}

Endpoint graphql_schema() {
    auto made = document("/schema.graphql",
                         "graphqlSchema",
                         "The GraphQL schema, unless `graphql.introspection` restricts it.");
    made.answer = "SchemaText";
    made.answer_type = "text/plain";
    made.refusals = {ErrorCode::not_found};
    return made;
}

}  // namespace

const std::vector<Endpoint>& document_endpoints() {
    static const std::vector<Endpoint> table{
        document("/openapi.json", "openapiDocument", "This document: the HTTP endpoints."),
        document("/asyncapi.json", "asyncapiDocument", "AsyncAPI 3.0: the messages of WebSockets."),
        events_schema(),
        graphql_schema()};
    return table;
}

json::object document_schemas() {
    return {{"Document", {{"type", "object"}, {"description", "A document of the contract."}}},
            {"SchemaText", text("In the schema definition language of GraphQL.")}};
}

}  // namespace rotacast::contract
