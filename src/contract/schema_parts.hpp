#pragma once

// Building blocks of schemas.

#include "reflect/json.hpp"

#include <initializer_list>
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

/// With its type, which many generators do not conclude from the value.
inline json::object constant(std::string_view value) {
    return {{"type", "string"}, {"const", value}};
}

inline json::object always_true() {
    return {{"type", "boolean"}, {"const", true}};
}

inline json::object one_of(std::initializer_list<std::string_view> words) {
    json::array list;
    for (const auto word : words) list.emplace_back(word);
    return {{"type", "string"}, {"enum", std::move(list)}};
}

/// The component that holds this part is called `name` (components.hpp).
inline json::object named(std::string_view name, json::object part) {
    part["title"] = name;
    return part;
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

/// Those of the contract's documents.
json::object document_schemas();

}  // namespace rotacast::contract
