#include "contract/components.hpp"

#include "contract/schema_parts.hpp"

#include <gtest/gtest.h>

namespace rotacast::contract {
namespace {

json::object status() {
    return one_of({"on", "off"});
}

TEST(Components, NestedPartsBecomeComponentsNamedByTheirPlace) {
    const auto named_parts = with_named_parts(
        {{"Server", object_of({{"state", object_of({{"status", status()}}, {})}}, {"state"})}});
    EXPECT_EQ(named_parts.size(), 3u);
    EXPECT_EQ(named_parts.at("Server").at("properties").at("state"),
              schema_reference("ServerState"));
    EXPECT_EQ(named_parts.at("ServerState").at("properties").at("status"),
              schema_reference("ServerStateStatus"));
    EXPECT_EQ(named_parts.at("ServerStateStatus"), status());
}

TEST(Components, ATitleNamesAPart) {
    const auto named_parts =
        with_named_parts({{"List", object_of({{"rows", list_of(named("Row", status()))}}, {})}});
    EXPECT_EQ(named_parts.at("List").at("properties").at("rows").at("items"),
              schema_reference("Row"));
    EXPECT_EQ(named_parts.at("Row"), status());
}

TEST(Components, EqualPartsShareOneComponent) {
    auto described = status();
    described["description"] = "The same in other words.";
    const auto named_parts = with_named_parts(
        {{"Whole", status()}, {"Other", object_of({{"a", described}, {"b", status()}}, {})}});
    EXPECT_EQ(named_parts.size(), 2u);
    EXPECT_EQ(named_parts.at("Other").at("properties").at("a"), schema_reference("Whole"));
    EXPECT_EQ(named_parts.at("Other").at("properties").at("b"), schema_reference("Whole"));
}

TEST(Components, PlainValuesStayWhereTheyAre) {
    const json::object schemas{
        {"Plain", object_of({{"id", identifier()}, {"list", list_of(text(""))}}, {"id"})}};
    EXPECT_EQ(with_named_parts(schemas), schemas);
}

TEST(Components, ObjectsWithoutNamedMembersMayHaveAny) {
    json::value schemas{{"a", {{"type", "object"}}},
                        {"b", {{"type", {"object", "null"}}}},
                        {"c", object_of({}, {})},
                        {"d", text("")}};
    mark_free_form(schemas);
    EXPECT_EQ(schemas.at("a").at("additionalProperties"), true);
    EXPECT_EQ(schemas.at("b").at("additionalProperties"), true);
    EXPECT_FALSE(schemas.at("c").as_object().contains("additionalProperties"));
    EXPECT_FALSE(schemas.at("d").as_object().contains("additionalProperties"));
}

TEST(Components, ReferencesToDefinitionsPointToComponents) {
    json::value value{{"items", {{"$ref", "#/$defs/A"}}}, {"text", "#/elsewhere"}};
    point_to_components(value);
    EXPECT_EQ(value.at("items"), schema_reference("A"));
    EXPECT_EQ(value.at("text"), "#/elsewhere");
}

}  // namespace
}  // namespace rotacast::contract
