#pragma once

// Documents made to overload the server, each as large as the limits allow or larger. Tests check
// that they are bounded, bench/ measures their cost.

#include "graphql/engine.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rotacast::graphql {

struct HostileRequest {
    std::string name;
    Request request;
    /// Start of the error message; empty: the document is executed, at low cost.
    std::string refusal;
};

namespace hostile {

inline std::string repeated(std::size_t times, std::string_view text) {
    std::string out;
    out.reserve(times * text.size());
    while (times-- > 0) out += text;
    return out;
}

/// Joins `each(i)` for all i below `count`.
template <class Each>
std::string joined(int count, Each each) {
    std::string out;
    for (int i = 0; i < count; ++i) out += each(i);
    return out;
}

/// Each fragment spreads all fragments that `next` names.
template <class Next>
std::string fragments(int count, Next next) {
    return "{ __type(name: \"Query\") { ...F0 } }" + joined(count, [&](int i) {
               return fmt::format(" fragment F{} on __Type {{ {} }}", i, next(i));
           });
}

inline std::string doubling(int levels) {
    return fragments(levels, [&](int i) {
        return i + 1 == levels
                   ? std::string("name")
                   : fmt::format("a: ofType {{ ...F{0} }} b: ofType {{ ...F{0} }}", i + 1);
    });
}

inline std::string argument(const std::string& value) {
    return "{ publish(event: " + value + ") { eventId } }";
}

inline Request with_variable(std::string query, json::value value) {
    return {.query = std::move(query), .variables = {{"v", std::move(value)}}};
}

inline json::value strings(std::size_t count, std::string_view text) {
    json::array list;
    for (std::size_t i = 0; i < count; ++i) list.emplace_back(text);
    return list;
}

inline json::object members(int count) {
    json::object object;
    for (int i = 0; i < count; ++i) object[fmt::format("v{}", i)] = "x";
    return object;
}

}  // namespace hostile

inline std::vector<HostileRequest> hostile_requests() {
    using namespace hostile;
    constexpr std::string_view roster = "($v: [ID!]) { presence(scheduleIds: $v) { complete } }";
    const std::string big(60'000, '9');
    const auto chain = [](int ring) {
        return [ring](int i) { return fmt::format("ofType {{ ...F{} }}", (i + 1) % ring); };
    };
    const auto everything = [](int i) {
        return joined(50, [&](int j) { return j > i ? fmt::format(" ...F{}", j) : ""; }) + " name";
    };
    const auto list_of_variables =
        "query ($v: ID!) { presence(scheduleIds: [" + repeated(1'900, "$v ") + "]) { complete } }";
    const auto alias_of_variable =
        "query ($v: Cursor) {" +
        joined(30, [](int i) { return fmt::format(" a{}: events(after: $v) {{ cursor }}", i); }) +
        " }";

    return {
        {"deep selections", {repeated(20'000, "{a")}, "The document nests deeper"},
        {"deep lists", {argument(repeated(20'000, "["))}, "The document nests deeper"},
        {"deep objects", {argument(repeated(10'000, "{a:"))}, "The document nests deeper"},
        {"a deep type",
         {"query ($v: " + repeated(3'900, "[") + "Int) { __typename }"},
         "A type nests more"},
        {"aliases",
         {"{ viewer {" + joined(1'300, [](int i) { return fmt::format(" a{}: role", i); }) +
          " } }"},
         "The document asks for more than 1000 fields."},
        {"aliases of root fields",
         {"{" + joined(400, [](int i) { return fmt::format(" a{}: viewer {{ role }}", i); }) +
          " }"},
         "The operation has more than 32 root fields."},
        {"one field again and again", {"{ viewer {" + repeated(3'900, " role") + " } }"}, ""},
        {"a ring of two fragments", {fragments(2, chain(2))}, "Cannot spread fragment"},
        {"a ring of many fragments", {fragments(300, chain(300))}, "Cannot spread fragment"},
        {"a chain of fragments",
         {fragments(300,
                    [](int i) {
                        return i == 299 ? std::string("name")
                                        : fmt::format("ofType {{ ...F{} }}", i + 1);
                    })},
         "The document asks for more than 20 levels."},
        {"fragments that double",
         {doubling(18)},
         "The document asks for more than 10000 selections"},
        {"fragments that spread all others", {fragments(50, everything)}, ""},
        {"many operations",
         {joined(500, [](int i) { return fmt::format("query Q{} {{ __typename }} ", i); })},
         "Must provide operation name"},
        {"introspection again and again",
         {"{" + repeated(150, " __schema { types { fields { type { name } } } }") + " }"},
         ""},
        {"a huge integer", {"{ events(limit: " + big + ") { cursor } }"}, "Int cannot represent"},
        {"a huge number", {"{ events(limit: 1e" + big + ") { cursor } }"}, "Int cannot represent"},
        {"a huge name", {"{ " + std::string(60'000, 'a') + " }"}, "Cannot query field"},
        {"a huge string", {"{ events(after: \"" + big + "\") { cursor } }"}, ""},
        {"unknown fields",
         {"{ viewer {" + joined(1'900, [](int i) { return fmt::format(" rolf{}", i); }) + " } }"},
         "Cannot query field"},
        {"unknown types",
         {"query (" + joined(900, [](int i) { return fmt::format("$v{}: Viewe{} ", i, i); }) +
          ") { __typename }"},
         "Unknown type"},
        {"directives",
         {"{ __typename" + repeated(500, " @skip(if: true)") + " }"},
         "The directive"},
        {"nothing but signs", {repeated(30'000, "! ")}, "Syntax Error"},
        {"more words than may be",
         {"{ viewer {" + repeated(6'000, " role") + " } }"},
         "The document has more than 4000 tokens."},
        {"nothing but a comment", {"#" + std::string(60'000, '#')}, "Syntax Error"},
        {"escapes", {"{ events(after: \"" + repeated(10'000, "\\u0041") + "\") { cursor } }"}, ""},
        {"lines of a block string",
         {"{ events(after: \"\"\"" + repeated(15'000, " \n") + "\"\"\") { cursor } }"},
         ""},
        {"a megabyte",
         {"{" + std::string(1'048'576, ' ') + "}"},
         "The document has more than 65536 bytes."},
        {"variables that are not there",
         {"query (" + joined(700, [](int i) { return fmt::format("$v{}: Int! ", i); }) +
          ") { __typename }"},
         "Variable \"$v0\""},
        {"variables that nobody asked for",
         {.query = "{ __typename }", .variables = members(10'000)},
         ""},
        {"a variable of many wrong items",
         with_variable("query " + std::string(roster), json::array(20'000)),
         "Variable \"$v\""},
        {"a variable of many items",
         with_variable("query " + std::string(roster), strings(20'000, "x")),
         ""},
        {"a huge variable in a list",
         with_variable(list_of_variables, json::value(big)),
         "The operation's arguments have more than"},
        {"a huge variable again and again", with_variable(alias_of_variable, json::value(big)), ""},
        {"a huge number as variable",
         with_variable("query ($v: Int) { events(limit: $v) { cursor } }", 1e300),
         "Variable \"$v\""},
    };
}

}  // namespace rotacast::graphql
