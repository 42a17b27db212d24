// Small documents that become large when fragments are followed and aliases counted. Each is
// rejected by its own limit.

#include "graphql/prepared_for_tests.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace rotacast::graphql {
namespace {

std::string refused_by_number(std::string query, const Limits& limits = {}) {
    const auto made = prepared(std::move(query), {}, limits);
    if (made.errors.empty()) return "not refused";
    const auto& error = made.errors.front();
    const auto* name = error.extensions.if_contains("name");
    EXPECT_TRUE(name && name->as_string() == "too_large") << error.message;
    return error.message;
}

/// Two aliases in each of `levels` fragments, each of which spreads the next: 2^levels fields.
std::string doubling(int levels, std::string_view alias_a, std::string_view alias_b) {
    std::string text = "{ __type(name: \"Query\") { ...F0 } }";
    for (int i = 0; i < levels; ++i)
        text += fmt::format(
            " fragment F{0} on __Type {{ {2}: ofType {{ ...F{1} }} {3}: ofType {{ "
            "...F{1} }} }}",
            i,
            i + 1,
            alias_a,
            alias_b);
    return text + fmt::format(" fragment F{} on __Type {{ name }}", levels);
}

TEST(Bounds, LimitFragmentsThatMultiply) {
    EXPECT_EQ(refused_by_number(doubling(14, "a", "b")),
              "The document asks for more than 10000 selections when its fragments are followed.");
    EXPECT_EQ(refused_by_number(doubling(9, "a", "b")),
              "The document asks for more than 1000 fields.");
    EXPECT_EQ(first_error(doubling(14, "a", "a")), "");
}

TEST(Bounds, LimitNestedFragments) {
    std::string chain = "{ __type(name: \"Query\") { ...F0 } }";
    for (int i = 0; i < 100; ++i)
        chain += fmt::format(" fragment F{} on __Type {{ ofType {{ ...F{} }} }}", i, i + 1);
    chain += " fragment F100 on __Type { name }";
    EXPECT_EQ(refused_by_number(chain), "The document asks for more than 20 levels.");
}

TEST(Bounds, LimitAliases) {
    std::string bomb = "{ viewer {";
    for (int i = 0; i < 1'100; ++i) bomb += fmt::format(" a{}: role", i);
    EXPECT_EQ(refused_by_number(bomb + " } }"), "The document asks for more than 1000 fields.");
    std::string roots = "{";
    for (int i = 0; i < 33; ++i) roots += fmt::format(" a{}: viewer {{ role }}", i);
    EXPECT_EQ(refused_by_number(roots + " }"), "The operation has more than 32 root fields.");
}

TEST(Bounds, AllowOneFieldToBeSelectedRepeatedly) {
    std::string repeated = "{ viewer {";
    for (int i = 0; i < 3'000; ++i) repeated += " role";
    EXPECT_EQ(first_error(repeated + " } }"), "");
}

TEST(Bounds, LimitTheResultOfIntrospection) {
    std::string query = "{";
    for (int i = 0; i < 20; ++i)
        query += fmt::format(
            " a{}: __schema {{ types {{ name description fields {{ name description "
            "}} }} }}",
            i);
    const auto made = prepared(query + " }", {}, {.introspection_bytes_max = 20'000});
    ASSERT_TRUE(made.operation);
    const auto answer = complete(*made.operation, {});
    EXPECT_LT(answer.size(), 1'000u);
    EXPECT_NE(answer.find("The answer to the introspection is too large"), std::string::npos);
}

}  // namespace
}  // namespace rotacast::graphql
