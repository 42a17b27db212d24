#include "base/json_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace rotacast {
namespace {

std::string string_text(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string double_text(double value) {
    std::string out;
    append_json_double(out, value);
    return out;
}

TEST(JsonText, KeepsUtf8AndSlashesRaw) {
    EXPECT_EQ(string_text("Ünïcode \u2028 </x>"), "\"Ünïcode \u2028 </x>\"");
}

TEST(JsonText, EscapesQuotesBackslashesAndControls) {
    EXPECT_EQ(string_text("a\"b\\c\b\t\n\f\r\x01\x1f"),
              "\"a\\\"b\\\\c\\b\\t\\n\\f\\r\\u0001\\u001f\"");
    EXPECT_EQ(string_text(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(JsonText, EscapesAtEveryPosition) {
    for (const auto& [c, escape] : {std::pair{'"', "\\\""}, {'\\', "\\\\"}, {'\x1f', "\\u001f"}})
        for (std::size_t length = 1; length <= 20; ++length)
            for (std::size_t at = 0; at < length; ++at)
                for (const char other : {'a', ' ', '!', '\x7f', '\xc3'}) {
                    std::string text(length, other);
                    text[at] = c;
                    const auto expected = '"' + std::string(at, other) + escape +
                                          std::string(length - at - 1, other) + '"';
                    EXPECT_EQ(string_text(text), expected);
                }
}

TEST(JsonText, WritesDoublesAsTheOriginalDoes) {
    EXPECT_EQ(double_text(1.0), "1.0");
    EXPECT_EQ(double_text(0.85), "0.85");
    EXPECT_EQ(double_text(-0.0), "-0.0");
    EXPECT_EQ(double_text(1e22), "1e+22");
    EXPECT_EQ(double_text(1e-7), "1e-07");
    EXPECT_EQ(double_text(1e15), "1000000000000000.0");
    EXPECT_EQ(double_text(1e16), "1e+16");
    EXPECT_EQ(double_text(0.0001), "0.0001");
    EXPECT_EQ(double_text(0.00001), "1e-05");
    EXPECT_EQ(double_text(1.7976931348623157e308), "1.7976931348623157e+308");
}

TEST(JsonText, NeverWritesNaN) {
    EXPECT_EQ(double_text(std::numeric_limits<double>::quiet_NaN()), "null");
    EXPECT_EQ(double_text(std::numeric_limits<double>::infinity()), "null");
}

}  // namespace
}  // namespace rotacast
