#pragma once

// Building blocks of schemas.

#include "reflect/json.hpp"

#include <string_view>
#include <utility>

namespace rotacast::contract {

namespace json = boost::json;

inline json::object object_of(json::object properties, json::array required) {
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)}};
}

inline json::object text(std::string_view description) {
    return {{"type", "string"}, {"description", description}};
}

inline json::object constant(std::string_view value) {
    return {{"const", value}};
}

inline json::object or_null(json::object schema) {
    // A copy: operator[] may move the members, even when there is one of that name.
    auto type = schema.at("type");
    schema["type"] = {std::move(type), "null"};
    return schema;
}

inline json::object list_of(json::object items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}

inline json::object integer() {
    return {{"type", "integer"}};
}

inline json::object identifier() {
    return {{"type", "string"}, {"format", "uuid"}};
}

inline json::object moment() {
    return {{"type", "string"}, {"format", "date-time"}};
}

/// Schemas of requests and responses of /api/v1/bus and /api/v1/server, by name.
json::object bus_schemas();

/// Those of /graphql.
json::object graphql_schemas();

/// Those of /api/v1/webhooks.
json::object webhook_schemas();

}  // namespace rotacast::contract
