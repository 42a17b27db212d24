#pragma once

// Encodes described structs as JSON: compact, every member present, in the order of the
// description. Appends to one string. Keys are built once per type and naming, so that an event
// costs a few appends and no allocation except the string's growth.

#include "base/json_text.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "reflect/describe.hpp"
#include "reflect/json.hpp"
#include "reflect/naming.hpp"

#include <array>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::reflect {

/// Who reads the text. `websocket` omits members that only GraphQL shows, and the recipients.
/// `storage` omits members that are null, because the decoder reads a missing member as null.
enum class Audience { everyone, websocket, storage };

struct EncodeOptions {
    Naming naming = Naming::snake;
    Audience audience = Audience::everyone;
};

inline void encode(std::string& out, const std::string& v, EncodeOptions) {
    append_json_string(out, v);
}
inline void encode(std::string& out, const Uuid& v, EncodeOptions) {
    out += '"';
    append_uuid(out, v);
    out += '"';
}
inline void encode(std::string& out, const Timestamp& v, EncodeOptions) {
    out += '"';
    append_timestamp(out, v);
    out += '"';
}
inline void encode(std::string& out, double v, EncodeOptions) {
    append_json_double(out, v);
}
inline void encode(std::string& out, const json::value& v, EncodeOptions) {
    append_json(out, v);
}
inline void encode(std::string& out, const json::object& v, EncodeOptions) {
    append_json(out, v);
}

template <std::integral T>
void encode(std::string& out, T v, EncodeOptions) {
    if constexpr (std::same_as<T, bool>)
        out += v ? "true" : "false";
    else
        append_json_integer(out, static_cast<std::int64_t>(v));
}

template <class T>
void encode(std::string& out, const std::optional<T>& v, EncodeOptions options);
template <class T>
void encode(std::string& out, const std::vector<T>& v, EncodeOptions options);
template <Described T>
void encode(std::string& out, const T& v, EncodeOptions options);

template <class T>
void encode(std::string& out, const std::optional<T>& v, EncodeOptions options) {
    if (v)
        encode(out, *v, options);
    else
        out += "null";
}

template <class T>
void encode(std::string& out, const std::vector<T>& v, EncodeOptions options) {
    out += '[';
    for (std::size_t i = 0; i < v.size(); ++i) {
        if (i != 0) out += ',';
        encode(out, v[i], options);
    }
    out += ']';
}

/// `,"key":` of each member, in one naming.
template <Described T>
const auto& member_keys(Naming naming) {
    static constexpr auto count = description_of<T>.size;
    static const auto make = [](Naming spelling) {
        std::array<std::string, count> keys;
        std::size_t i = 0;
        for_each_member<T>([&](const auto& m) {
            const std::string name(m.name);
            keys[i++] = ",\"" + (spelling == Naming::camel ? to_camel(name) : name) + "\":";
        });
        return keys;
    };
    static const std::array<std::array<std::string, count>, 2> keys{make(Naming::snake),
                                                                    make(Naming::camel)};
    return keys[naming == Naming::camel ? 1 : 0];
}

template <class T>
constexpr bool is_null(const T&) {
    return false;
}
template <class T>
constexpr bool is_null(const std::optional<T>& v) {
    return !v;
}

/// Appends each member as `,"key":value`, for a caller that has opened the object and written keys
/// of its own.
template <Described T>
void encode_members(std::string& out, const T& v, EncodeOptions options) {
    const auto& keys = member_keys<T>(options.naming);
    std::size_t i = 0;
    for_each_member<T>([&](const auto& m) {
        const auto& key = keys[i++];
        constexpr auto hidden = Trait::graphql_only | Trait::addressing;
        if (has(m.traits, hidden) && options.audience == Audience::websocket) return;
        if (is_null(v.*m.pointer) &&
            (options.audience == Audience::storage || has(m.traits, Trait::omitted_when_null)))
            return;
        out += key;
        encode(out, v.*m.pointer, options);
    });
}

template <Described T>
void encode(std::string& out, const T& v, EncodeOptions options) {
    const auto start = out.size();
    encode_members(out, v, options);
    if (out.size() == start)
        out += '{';
    else
        out[start] = '{';  // replaces the first comma
    out += '}';
}

}  // namespace rotacast::reflect
