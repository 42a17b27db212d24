#include "contract/names.hpp"

#include "contract/contract.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

namespace rotacast::contract {
namespace {

TEST(SchemaNames, ArePascalCase) {
    EXPECT_EQ(pascal("schedule_updated"), "ScheduleUpdated");
    EXPECT_EQ(pascal("ACGMEViolationDetected"), "ACGMEViolationDetected");
    EXPECT_EQ(pascal("dead-letters"), "DeadLetters");
    EXPECT_EQ(pascal(""), "");
    EXPECT_EQ(client_message_name("pong", reflect::Naming::camel), "ClientPongCamel");
    EXPECT_EQ(v1_command_name("subscribe_schedule"), "V1SubscribeScheduleCommand");
}

json::object schemas_of(const std::string& document) {
    const auto parsed = json::parse(document);
    if (const auto* definitions = parsed.as_object().if_contains("$defs"))
        return definitions->as_object();
    return parsed.at("components").at("schemas").as_object();
}

// Generators spell every name in PascalCase, and some write a file for each.
TEST(SchemaNames, StayDistinctInEveryLanguage) {
    const std::regex identifier("[A-Z][A-Za-z0-9]*");
    for (const auto& document : {openapi_json(), asyncapi_json(), events_schema_json()}) {
        std::set<std::string> spelled;
        for (const auto& schema : schemas_of(document)) {
            std::string name(schema.key());
            EXPECT_TRUE(std::regex_match(name, identifier)) << name;
            std::ranges::transform(name, name.begin(), [](unsigned char c) {
                return static_cast<char>(std::tolower(c));
            });
            EXPECT_TRUE(spelled.insert(name).second) << name;
        }
        EXPECT_GT(spelled.size(), 30u);
    }
}

/// The places of nested schemas that generators would have to invent a name for.
void find_anonymous(const json::value& value,
                    const std::string& place,
                    std::set<std::string>& out) {
    const auto& schema = value.as_object();
    const bool top = place.find('/') == std::string::npos;
    if (!top && (schema.contains("properties") || schema.contains("enum"))) out.insert(place);
    if (const auto* properties = schema.if_contains("properties"))
        for (const auto& [key, inner] : properties->as_object())
            find_anonymous(inner, place + '/' + std::string(key), out);
    if (const auto* items = schema.if_contains("items"))
        find_anonymous(*items, place + "/items", out);
}

TEST(SchemaNames, EveryNestedObjectAndEnumerationHasOne) {
    for (const auto& document : {openapi_json(), asyncapi_json(), events_schema_json()}) {
        std::set<std::string> anonymous;
        for (const auto& [name, schema] : schemas_of(document))
            find_anonymous(schema, std::string(name), anonymous);
        EXPECT_EQ(anonymous, std::set<std::string>{});
    }
}

void find_references(const json::value& value, std::set<std::string>& out) {
    if (const auto* object = value.if_object()) {
        for (const auto& [key, inner] : *object)
            if (key == "$ref")
                out.insert(inner.as_string().c_str());
            else
                find_references(inner, out);
    } else if (const auto* array = value.if_array()) {
        for (const auto& inner : *array) find_references(inner, out);
    }
}

TEST(SchemaNames, EveryReferenceIsToSomethingInItsOwnDocument) {
    for (const auto& text : {openapi_json(), asyncapi_json(), events_schema_json()}) {
        const auto document = json::parse(text);
        std::set<std::string> references;
        find_references(document, references);
        EXPECT_GT(references.size(), 30u);
        for (const auto& reference : references) {
            ASSERT_TRUE(reference.starts_with("#/")) << reference;
            boost::system::error_code missing;
            EXPECT_NE(document.find_pointer(reference.substr(1), missing), nullptr) << reference;
        }
    }
}

}  // namespace
}  // namespace rotacast::contract
