#include "reflect/json.hpp"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <random>

namespace rotacast::reflect {
namespace {

std::string again(std::string_view text) {
    const auto value = parse_json(text);
    return value ? to_json_text(*value) : "refused";
}

TEST(Json, IsWrittenAsItWasRead) {
    for (const auto* text : {R"({"a":[1,-2,18446744073709551615,0.85,1e+22,null,true,false,""]})",
                             R"({"long":"\"\\\n\u0001 é 😀","b":{"c":[[],{}]}})",
                             "0.9303381542885225",
                             "[]"})
        EXPECT_EQ(again(text), text);
}

TEST(Json, KeepsEveryDigitOfADouble) {
    std::mt19937_64 random(20261123);
    for (int i = 0; i < 20000; ++i) {
        const auto number = std::generate_canonical<double, 53>(random);
        std::array<char, 64> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
        const auto value = parse_json({text.data(), static_cast<std::size_t>(end - text.data())});
        ASSERT_EQ(value.value().as_double(), number);
    }
}

TEST(Json, UsesTheLastOfDuplicateKeys) {
    EXPECT_EQ(again(R"({"a":1,"a":2})"), R"({"a":2})");
}

TEST(Json, RoundsNumbersThatAreTooSmallAndRejectsThoseTooLarge) {
    EXPECT_EQ(again("1e-400"), "0.0");
    EXPECT_EQ(again("[1e999]"), "refused");
    EXPECT_EQ(again("-1e999"), "refused");
}

TEST(Json, RejectsTextThatIsNotOneDocument) {
    for (const auto* text : {"",
                             " ",
                             "{",
                             "[1,]",
                             "{} x",
                             "nan",
                             "NaN",
                             "Infinity",
                             "'a'",
                             "\xEF\xBB\xBF",
                             "\xEF\xBB\xBF\xEF\xBB\xBF{}",
                             " \xEF\xBB\xBF{}",
                             "{}\xEF\xBB\xBF",
                             "\xEF\xBB{}",
                             "01",
                             "\"\xFF\""})
        EXPECT_EQ(again(text), "refused") << text;
    EXPECT_EQ(again(std::string(json_depth_max + 1, '[') + std::string(json_depth_max + 1, ']')),
              "refused");
    EXPECT_EQ(parse_json("{} x").error().code, ErrorCode::bad_json);
    EXPECT_EQ(again(" {} \n"), "{}");
}

TEST(Json, PassesOverAByteOrderMark) {
    EXPECT_EQ(again("\xEF\xBB\xBF{}"), "{}");
    EXPECT_EQ(again("\xEF\xBB\xBF \"\xEF\xBB\xBF\""), "\"\xEF\xBB\xBF\"");
    EXPECT_TRUE(parse_json("\xEF\xBB\xBF{,").error().message.starts_with("Not JSON at byte 4:"));
}

}  // namespace
}  // namespace rotacast::reflect
