#include "graphql/parser.hpp"

#include "graphql/lexer.hpp"

#include <gtest/gtest.h>

namespace rotacast::graphql {
namespace {

std::string message_of(std::string_view source, const Limits& limits = {}) {
    const auto parsed = parse(source, limits);
    const auto* failure = std::get_if<ParseFailure>(&parsed);
    return failure ? failure->error.message : "";
}

std::string string_in(std::string_view literal) {
    const auto tokens = tokenize(literal, 10);
    const auto kind = tokens.list.front().kind;
    EXPECT_TRUE(kind == TokenKind::string || kind == TokenKind::block_string) << tokens.problem;
    return string_value(tokens.list.front());
}

// The messages are those of graphql-js.
TEST(Parser, ReportsWhatItExpectedAndWhatItFound) {
    struct Row {
        std::string_view source;
        std::string_view message;
    };
    static constexpr Row rows[] = {
        {"", "Unexpected <EOF>."},
        {"{", "Expected Name, found <EOF>."},
        {"{ a", "Expected Name, found <EOF>."},
        {"{}", "Expected Name, found \"}\"."},
        {"{ a(b: 1 }", "Expected Name, found \"}\"."},
        {"{ a(b 1) }", "Expected \":\", found Int \"1\"."},
        {"{ a() }", "Expected Name, found \")\"."},
        {"notAnOperation { a }", "Unexpected Name \"notAnOperation\"."},
        {"type A { b: C }", "Unexpected Name \"type\"."},
        {"fragment on on A { b }", "Unexpected Name \"on\"."},
        {"fragment F { a }", "Expected \"on\", found \"{\"."},
        {"{ ...on }", "Expected Name, found \"}\"."},
        {"query ($a: [Int) { a }", "Expected \"]\", found \")\"."},
        {"query ($a: Int = $b) { a }", "Unexpected variable \"$b\" in constant value."},
        {"\"text\" { a }",
         "Unexpected description, descriptions are not supported on shorthand queries."},
        {"{ a ? }", "Unexpected character: \"?\"."},
        {"{ a \xC3\xA9 }", "Unexpected character: U+00E9."},
        {"{ a(b: 'c') }",
         "Unexpected single quote character ('), did you mean to use a double quote (\")?"},
        {"{ a(b: \"c) }", "Unterminated string."},
        {"{ a(b: \"\"\"c\"\") }", "Unterminated string."},
        {"{ a(b: \"\\q\") }", "Invalid character escape sequence: \"\\q\"."},
        {"{ a(b: \"\\uD800\") }", "Invalid Unicode escape sequence: \"\\uD800\"."},
        {"{ a(b: 01) }", "Invalid number, unexpected digit after 0: \"1\"."},
        {"{ a(b: 1x) }", "Invalid number, expected digit but got: \"x\"."},
        {"{ a(b: 1.) }", "Invalid number, expected digit but got: \")\"."},
        {"{ a(b: -) }", "Invalid number, expected digit but got: \")\"."},
        {"{ a ..b }", "Unexpected character: \".\"."},
    };
    for (const auto& row : rows)
        EXPECT_EQ(message_of(row.source), "Syntax Error: " + std::string(row.message))
            << row.source;
}

TEST(Parser, ReportsLinesAndUtf16Columns) {
    const auto parsed =
        parse("\xEF\xBB\xBF# \xF0\x9F\x8E\xB2\r\n{ a(b: \"\xF0\x9F\x8E\xB2\")\r  ? }", {});
    const auto& failure = std::get<ParseFailure>(parsed);
    EXPECT_EQ(failure.error.locations, (std::vector<Location>{{3, 3}}));
    const auto same_line = parse("{ a(b: \"\xF0\x9F\x8E\xB2\") ? }", {});
    EXPECT_EQ(std::get<ParseFailure>(same_line).error.locations, (std::vector<Location>{{1, 14}}));
}

TEST(Parser, ParsesEveryPartOfTheLanguage) {
    const auto parsed = parse(R"(
        "Why." query Q("Which." $a: [ID!]! = ["x"] @d, $b: Int) @d(x: 1) {
          alias: field(a: $a, b: [1, -2.5e3], c: {d: null, e: E, f: true}) @skip(if: $c) { x }
          ...F @d  ... on T { y }  ... @d { z }
        }
        fragment F on T @d { w }
        mutation { m } subscription S { s })",
                              {});
    ASSERT_TRUE(std::holds_alternative<ast::Document>(parsed))
        << std::get<ParseFailure>(parsed).error.message;
    const auto& document = std::get<ast::Document>(parsed);
    ASSERT_EQ(document.operations.size(), 3u);
    ASSERT_EQ(document.fragments.size(), 1u);
    const auto& query = document.operations.front();
    EXPECT_EQ(query.name.text, "Q");
    EXPECT_EQ(print(query.variables.front().type), "[ID!]!");
    const auto& field = query.selections.front();
    EXPECT_EQ(field.response_key(), "alias");
    EXPECT_EQ(field.name.text, "field");
    EXPECT_EQ(print(field.arguments[1].value), "[1, -2.5e3]");
    EXPECT_EQ(print(field.arguments[2].value), "{ d: null, e: E, f: true }");
    ASSERT_EQ(query.selections.size(), 4u);
    EXPECT_EQ(query.selections[1].kind, ast::Selection::Kind::spread);
    EXPECT_EQ(query.selections[2].name.text, "T");
    EXPECT_EQ(query.selections[3].name.text, "");
    EXPECT_NE(document.find_fragment("F"), nullptr);
}

TEST(Lexer, ReadsEscapes) {
    EXPECT_EQ(string_in(R"("a\"\\\/\b\f\n\r\t")"), "a\"\\/\b\f\n\r\t");
    EXPECT_EQ(string_in(R"("\u00e9\u{1F3B2}\uD83C\uDFB2\u{00000041}")"),
              "\u00e9\U0001F3B2\U0001F3B2A");
    EXPECT_EQ(string_in(R"("")"), "");
}

TEST(Lexer, RemovesTheCommonIndentationFromBlockStrings) {
    EXPECT_EQ(string_in("\"\"\"\n    Hello,\r\n      World!\n\n    Yours,\n  \"\"\""),
              "Hello,\n  World!\n\nYours,");
    EXPECT_EQ(string_in("\"\"\"  first\n    second\\\"\"\"\"\"\""), "  first\nsecond\"\"\"");
    EXPECT_EQ(string_in("\"\"\"\\q\"\"\""), "\\q");
    EXPECT_EQ(string_in("\"\"\"\"\"\""), "");
}

TEST(Parser, RejectsWhatExceedsALimitWithItsErrorCode) {
    const auto refused = [](std::string_view source, const Limits& limits) {
        const auto parsed = parse(source, limits);
        const auto* failure = std::get_if<ParseFailure>(&parsed);
        if (!failure || failure->syntax) return std::string("not refused");
        EXPECT_EQ(failure->error.extensions.at("name").as_string(), "too_large");
        return failure->error.message;
    };
    EXPECT_EQ(refused("{ a }", {.document_bytes_max = 4}), "The document has more than 4 bytes.");
    EXPECT_EQ(refused("{ a }", {.tokens_max = 2}), "The document has more than 2 tokens.");
    EXPECT_EQ(message_of("{ a }", {.tokens_max = 3}), "");
    EXPECT_EQ(refused("{ a { b { c } } }", {.nesting_max = 2}),
              "The document nests deeper than 2.");
    EXPECT_EQ(refused("query ($a: [[[[[[[[[Int]]]]]]]]]) { a }", {}),
              "A type nests more than 7 lists.");
}

// Deep enough to overflow the stack of an unbounded recursion.
TEST(Parser, ReturnsFromHostileNesting) {
    const Limits limits{.document_bytes_max = 4'000'000, .tokens_max = 2'000'000};
    for (const std::string_view piece : {"{a", "{a(b:[", "{a(b:{c:", "{...{", "[", "{a(b:\"\\u{"}) {
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += piece;
        EXPECT_NE(message_of(text, limits), "") << piece;
    }
    const std::string lists(100'000, '[');
    EXPECT_NE(message_of("query ($a: " + lists, limits), "");
    EXPECT_NE(message_of("{ a(b: " + lists, limits), "");
}

}  // namespace
}  // namespace rotacast::graphql
