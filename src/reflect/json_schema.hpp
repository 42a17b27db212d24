#pragma once

// JSON Schema (draft 2020-12) of described types, derived from their descriptions.

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "reflect/describe.hpp"
#include "reflect/json.hpp"
#include "reflect/naming.hpp"

#include <boost/json/array.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::reflect {

template <class T>
struct SchemaOf;

template <>
struct SchemaOf<std::string> {
    static json::object get() { return {{"type", "string"}}; }
};
template <>
struct SchemaOf<Uuid> {
    static json::object get() { return {{"type", "string"}, {"format", "uuid"}}; }
};
template <>
struct SchemaOf<Timestamp> {
    static json::object get() { return {{"type", "string"}, {"format", "date-time"}}; }
};
template <>
struct SchemaOf<bool> {
    static json::object get() { return {{"type", "boolean"}}; }
};
template <>
struct SchemaOf<std::int64_t> {
    static json::object get() { return {{"type", "integer"}}; }
};
template <>
struct SchemaOf<double> {
    static json::object get() { return {{"type", "number"}}; }
};
template <>
struct SchemaOf<json::object> {
    static json::object get() { return {{"type", "object"}}; }
};
template <>
struct SchemaOf<json::value> {
    static json::object get() { return {}; }
};
template <class T>
struct SchemaOf<std::vector<T>> {
    static json::object get() { return {{"type", "array"}, {"items", SchemaOf<T>::get()}}; }
};
template <class T>
struct SchemaOf<std::optional<T>> {
    static json::object get() {
        auto schema = SchemaOf<T>::get();
        if (auto* type = schema.if_contains("type")) *type = json::array{type->as_string(), "null"};
        return schema;
    }
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <Described T>
struct SchemaOf<T> {
    static json::object get() {
        json::object properties;
        json::array required;
        for_each_member<T>([&](const auto& m) {
            using Value = typename std::decay_t<decltype(m)>::type;
            auto schema = SchemaOf<Value>::get();
            schema["description"] = m.text;
            properties[m.name] = std::move(schema);
            if (!is_optional<Value> && !has(m.traits, Trait::defaulted))
                required.emplace_back(m.name);
        });
        return {{"type", "object"},
                {"description", description_of<T>.text},
                {"properties", std::move(properties)},
                {"required", std::move(required)}};
    }
};

}  // namespace rotacast::reflect
