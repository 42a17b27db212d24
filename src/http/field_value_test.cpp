#include "http/field_value.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rotacast::http {
namespace {

using Texts = std::vector<std::string>;

Texts taken(std::string_view list, std::string_view (*take)(std::string_view&, char)) {
    Texts texts;
    while (!list.empty()) texts.emplace_back(take(list, ','));
    return texts;
}

TEST(FieldValue, AWellFormedListIsTheSameFromBothEnds) {
    const std::pair<std::string_view, Texts> rows[] = {
        {"a", {"a"}},
        {" a ,\tb , c", {"a", "b", "c"}},
        {"a,,b", {"a", "", "b"}},
        {R"(a="1,2", b)", {R"(a="1,2")", "b"}},
        {R"(a="\",", b="\\", c=",\\\",")", {R"(a="\",")", R"(b="\\")", R"(c=",\\\",")"}},
    };
    for (const auto& [list, texts] : rows) {
        EXPECT_EQ(taken(list, take_first), texts) << list;
        auto backward = taken(list, take_last);
        std::ranges::reverse(backward);
        EXPECT_EQ(backward, texts) << list;
    }
}

TEST(FieldValue, WhatStandsToTheLeftDoesNotChangeTheLastElement) {
    for (const auto* left : {"", "x", "\"", "a=\"", "\\", "a=\"\\", ",,", R"(a="b\")"}) {
        for (const std::string last : {"b", R"(b="1,2")", R"(b="\"")", R"(b="\\")"}) {
            const auto text = left + (", " + last);
            std::string_view list = text;
            EXPECT_EQ(take_last(list, ','), last) << left;
            EXPECT_EQ(list, left);
        }
    }
}

TEST(FieldValue, AnOpenQuoteAtTheEndTakesAll) {
    std::string_view list = "a, b=\"c";
    EXPECT_EQ(take_last(list, ','), "a, b=\"c");
    EXPECT_TRUE(list.empty());
}

TEST(FieldValue, TokensAndQuotedStringsStandForTexts) {
    const std::pair<std::string_view, std::optional<std::string>> rows[] = {
        {"abc", "abc"},
        {"[2001:db8::1]", "[2001:db8::1]"},
        {R"("")", ""},
        {R"("a b")", "a b"},
        {R"("a\"\\b\c")", R"(a"\bc)"},
        {"", std::nullopt},
        {"a b", std::nullopt},
        {"a\"", std::nullopt},
        {"\"", std::nullopt},
        {R"("a)", std::nullopt},
        {R"("a\")", std::nullopt},
        {R"("a\)", std::nullopt},
        {R"("a"b)", std::nullopt},
    };
    for (const auto& [value, text] : rows) EXPECT_EQ(unquoted(value), text) << value;
}

}  // namespace
}  // namespace rotacast::http
