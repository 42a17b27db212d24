#pragma once

// Converts described structs to data for complete(): keys in camelCase, every member present.

#include "graphql/vocabulary.hpp"
#include "reflect/naming.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <concepts>

namespace rotacast::graphql {

inline json::value to_data(bool value) {
    return value;
}
inline json::value to_data(std::int64_t value) {
    return value;
}
inline json::value to_data(BigInt value) {
    return value.value;
}
inline json::value to_data(RowId id) {
    return json::string(std::to_string(id.value));
}
inline json::value to_data(double value) {
    return value;
}
inline json::value to_data(const std::string& value) {
    return json::string(value);
}
inline json::value to_data(const Uuid& value) {
    return json::string(rotacast::to_string(value));
}
inline json::value to_data(const Timestamp& value) {
    return json::string(rotacast::to_string(value));
}
inline json::value to_data(const json::object& value) {
    return value;
}
inline json::value to_data(const json::value& value) {
    return value;
}
inline json::value to_data(const LiveEvent& value) {
    return value.data;
}

template <class T>
json::value to_data(const std::optional<T>& value);
template <class T>
json::value to_data(const std::vector<T>& values);
template <reflect::Described T>
json::value to_data(const T& value);

/// Appends the members of a described struct to `object`.
template <reflect::Described T>
void add_members(json::object& object, const T& value) {
    static constexpr auto count = reflect::description_of<T>.size;
    static const auto keys = [] {
        std::array<std::string, count> made;
        std::size_t i = 0;
        reflect::for_each_member<T>([&](const auto& m) { made[i++] = reflect::to_camel(m.name); });
        return made;
    }();
    std::size_t i = 0;
    reflect::for_each_member<T>(
        [&](const auto& m) { object.emplace(keys[i++], to_data(value.*m.pointer)); });
}

template <class T>
json::value to_data(const std::optional<T>& value) {
    return value ? to_data(*value) : json::value(nullptr);
}

template <class T>
json::value to_data(const std::vector<T>& values) {
    json::array list;
    list.reserve(values.size());
    for (const auto& value : values) list.push_back(to_data(value));
    return list;
}

template <reflect::Described T>
json::value to_data(const T& value) {
    json::object object;
    object.reserve(reflect::description_of<T>.size);
    add_members(object, value);
    return object;
}

}  // namespace rotacast::graphql
