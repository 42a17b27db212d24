#include "net/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::net {
namespace {

using namespace std::string_view_literals;

std::string encode(std::uint32_t code_point) {
    const auto octet = [](std::uint32_t value) { return static_cast<char>(value); };
    const auto tail = [&](std::uint32_t shift) {
        return octet(0x80U | ((code_point >> shift) & 0x3FU));
    };
    if (code_point < 0x80) return {octet(code_point)};
    if (code_point < 0x800) return {octet(0xC0U | (code_point >> 6)), tail(0)};
    if (code_point < 0x10000) return {octet(0xE0U | (code_point >> 12)), tail(6), tail(0)};
    return {octet(0xF0U | (code_point >> 18)), tail(12), tail(6), tail(0)};
}

bool valid_one_octet_at_a_time(std::string_view text) {
    Utf8Validator validator;
    for (const char octet : text) {
        if (!validator.feed({&octet, 1})) return false;
    }
    return validator.complete();
}

/// How many octets the validator accepts before it refuses.
std::size_t refused_at(std::string_view text) {
    Utf8Validator validator;
    std::size_t taken = 0;
    while (taken < text.size() && validator.feed(text.substr(taken, 1))) ++taken;
    return taken;
}

TEST(Utf8, AcceptsEveryCodePointButSurrogates) {
    for (std::uint32_t code_point = 0; code_point <= 0x110000; ++code_point) {
        const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
        const bool expected = !surrogate && code_point <= 0x10FFFF;
        ASSERT_EQ(is_valid_utf8(encode(code_point)), expected) << std::hex << code_point;
    }
}

TEST(Utf8, RefusesInvalidUtf8WholeAndOctetByOctet) {
    const std::vector<std::string_view> texts = {
        "\x80"sv,                  // continuation without a start
        "\xC0\xAF"sv,              // overlong
        "\xC1\xBF"sv,              // overlong
        "\xE0\x9F\xBF"sv,          // overlong
        "\xF0\x8F\xBF\xBF"sv,      // overlong
        "\xED\xA0\x80"sv,          // surrogate
        "\xF4\x90\x80\x80"sv,      // above U+10FFFF
        "\xF5\x80\x80\x80"sv,      // no such lead
        "\xF8\x88\x80\x80\x80"sv,  // five octets
        "\xFE"sv,
        "\xFF"sv,  // never
        "\xC3"sv,
        "\xE2\x82"sv,      // cut short
        "\xF0\x9F\x98"sv,  // cut short
        "\xC3 "sv,         // cut short by ASCII
        "12345678\xFF"
        "12345678"sv,  // after a whole word of ASCII
    };
    for (const auto text : texts) {
        EXPECT_FALSE(is_valid_utf8(text)) << ::testing::PrintToString(text);
        EXPECT_FALSE(valid_one_octet_at_a_time(text)) << ::testing::PrintToString(text);
    }
}

TEST(Utf8, RefusesAtTheFirstImpossibleOctet) {
    EXPECT_EQ(refused_at("edit\xF4\x90\x80\x80"sv), 5U);
    EXPECT_EQ(refused_at("edit\xED\xA0\x80"sv), 5U);
    EXPECT_EQ(refused_at("\xE0\x80\x80"sv), 1U);
    EXPECT_EQ(refused_at("\xC0\x80"sv), 0U);
}

TEST(Utf8, StaysRefusedUntilReset) {
    Utf8Validator validator;
    EXPECT_FALSE(validator.feed("\xFF"));
    EXPECT_FALSE(validator.feed("fine"));
    EXPECT_FALSE(validator.complete());
    validator.reset();
    EXPECT_TRUE(validator.feed("fine"));
    EXPECT_TRUE(validator.complete());
}

TEST(Utf8, AnySplitGivesTheSameAnswer) {
    const std::string text = "Dienstplan für Zoë: κόσμε 当直 😀, and plain ASCII for eight and more";
    for (std::size_t split = 0; split <= text.size(); ++split) {
        Utf8Validator validator;
        ASSERT_TRUE(validator.feed(std::string_view(text).substr(0, split)));
        ASSERT_TRUE(validator.feed(std::string_view(text).substr(split)));
        ASSERT_TRUE(validator.complete());
    }
}

TEST(Utf8, PrefixNeverCutsACodePoint) {
    EXPECT_EQ(utf8_prefix("abc", 5), "abc");
    EXPECT_EQ(utf8_prefix("abc", 3), "abc");
    EXPECT_EQ(utf8_prefix("abc", 2), "ab");
    EXPECT_EQ(utf8_prefix("a\xC3\xA9", 2), "a");
    EXPECT_EQ(utf8_prefix("a\xF0\x9F\x98\x80z", 4), "a");
    EXPECT_EQ(utf8_prefix("a\xF0\x9F\x98\x80z", 5), "a\xF0\x9F\x98\x80");
    EXPECT_EQ(utf8_prefix("\xC3\xA9", 0), "");
}

}  // namespace
}  // namespace rotacast::net
