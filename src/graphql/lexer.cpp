#include "graphql/lexer.hpp"

#include "graphql/string_value.hpp"

#include <tao/pegtl.hpp>

#include <fmt/format.h>

#include <optional>

namespace rotacast::graphql {
namespace grammar {

// Every rule is a loop with bounded look-ahead; no rule is recursive. Therefore no input can make
// the stack grow.

using namespace tao::pegtl;

struct comment : seq<one<'#'>, star<not_one<'\r', '\n'>>> {};
struct ignored : sor<one<' ', '\t', ',', '\r', '\n'>, utf8::one<0xFEFF>, comment> {};

struct punctuator : sor<one<'!', '$', '&', '(', ')', ':', '=', '@', '[', ']', '{', '|', '}'>,
                        string<'.', '.', '.'>> {};
struct name : identifier {};

struct integer_part : seq<opt<one<'-'>>, sor<one<'0'>, plus<digit>>> {};
struct fraction : seq<one<'.'>, plus<digit>> {};
struct exponent : seq<one<'e', 'E'>, opt<one<'+', '-'>>, plus<digit>> {};
struct number_end : not_at<sor<identifier_other, one<'.'>>> {};
struct number : seq<integer_part, sor<seq<fraction, opt<exponent>>, exponent>, number_end> {};
struct integer : seq<integer_part, number_end> {};

struct leading_surrogate : seq<one<'d', 'D'>, one<'8', '9', 'a', 'b', 'A', 'B'>, rep<2, xdigit>> {};
struct trailing_surrogate : seq<one<'d', 'D'>, ranges<'c', 'f', 'C', 'F'>, rep<2, xdigit>> {};
struct surrogate_pair : seq<leading_surrogate, string<'\\', 'u'>, trailing_surrogate> {};
struct four_digits : seq<not_at<leading_surrogate>, not_at<trailing_surrogate>, rep<4, xdigit>> {};
/// A Unicode scalar value; leading zeros are allowed, up to eight digits.
struct scalar_value : sor<seq<one<'1'>, one<'0'>, rep<4, xdigit>>,
                          seq<range<'1', '9'>, rep<4, xdigit>>,
                          seq<ranges<'a', 'f', 'A', 'F'>, rep<4, xdigit>>,
                          four_digits,
                          rep_min_max<0, 3, xdigit>> {};
struct braced : seq<at<one<'{'>, rep_min_max<1, 8, xdigit>, one<'}'>>,
                    one<'{'>,
                    star<one<'0'>>,
                    scalar_value,
                    one<'}'>> {};
struct unicode_escape : seq<one<'u'>, sor<braced, surrogate_pair, four_digits>> {};
struct escape : seq<one<'\\'>, sor<one<'"', '\\', '/', 'b', 'f', 'n', 'r', 't'>, unicode_escape>> {
};
struct character : seq<not_at<one<'"', '\\', '\r', '\n'>>, utf8::any> {};

struct triple_quote : string<'"', '"', '"'> {};
struct string_token : seq<one<'"'>, star<sor<character, escape>>, one<'"'>> {};
struct block_string
    : seq<triple_quote, until<triple_quote, sor<string<'\\', '"', '"', '"'>, utf8::any>>> {};

struct token : sor<punctuator,
                   name,
                   number,
                   integer,
                   block_string,
                   seq<not_at<triple_quote>, string_token>> {};
struct document : star<sor<ignored, token>> {};

}  // namespace grammar

namespace {

namespace pegtl = tao::pegtl;

/// Tracks line and column; advances with the tokens.
class Position {
  public:
    explicit Position(std::string_view source) : source_(source) {}

    Location move_to(std::size_t offset) {
        for (; at_ < offset; ++at_) pass(static_cast<unsigned char>(source_[at_]));
        return location_;
    }

  private:
    void pass(unsigned char c) {
        const bool between = c == '\r' && at_ + 1 < source_.size() && source_[at_ + 1] == '\n';
        if (between) return;
        if (c == '\n' || c == '\r')
            location_ = {location_.line + 1, 1};
        else if (c < 0x80 || c >= 0xC0)  // not a continuation byte
            location_.column += c >= 0xF0 ? 2 : 1;
    }

    std::string_view source_;
    std::size_t at_ = 0;
    Location location_;
};

struct Lexing {
    std::string_view source;
    std::size_t tokens_max;
    Tokens tokens = {};
    Position position{source};

    std::size_t offset_of(std::string_view text) const {
        return static_cast<std::size_t>(text.data() - source.data());
    }
    void add(TokenKind kind, std::string_view text) {
        tokens.list.push_back({kind, text, position.move_to(offset_of(text))});
    }
};

template <class Rule>
struct Take : pegtl::nothing<Rule> {};

/// Rejecting a token stops the grammar at that token.
template <TokenKind kind>
struct TakeAs {
    template <class Input>
    static bool apply(const Input& in, Lexing& lexing) {
        if (lexing.tokens.list.size() == lexing.tokens_max) {
            lexing.tokens.too_many = true;
            return false;
        }
        lexing.add(kind, {in.begin(), in.size()});
        return true;
    }
};
template <>
struct Take<grammar::punctuator> : TakeAs<TokenKind::punctuator> {};
template <>
struct Take<grammar::name> : TakeAs<TokenKind::name> {};
template <>
struct Take<grammar::integer> : TakeAs<TokenKind::integer> {};
template <>
struct Take<grammar::number> : TakeAs<TokenKind::number> {};
template <>
struct Take<grammar::string_token> : TakeAs<TokenKind::string> {};
template <>
struct Take<grammar::block_string> : TakeAs<TokenKind::block_string> {};

/// How many bytes at the start of `text` the rule matches; nullopt: none.
template <class Rule>
std::optional<std::size_t> matched(std::string_view text) {
    pegtl::memory_input<pegtl::tracking_mode::lazy> in(text.data(), text.size(), "");
    if (!pegtl::parse<Rule>(in)) return std::nullopt;
    return static_cast<std::size_t>(in.current() - text.data());
}

std::string shown_character(std::string_view text) {
    if (text.empty()) return "<EOF>";
    const auto first = static_cast<unsigned char>(text.front());
    if (first == '"') return "'\"'";
    if (first >= 0x20 && first < 0x7F) return fmt::format("\"{}\"", text.front());
    return fmt::format("U+{:04X}", first < 0x80 ? first : first_code_point(text));
}

struct Problem {
    std::string text;
    std::size_t skip;  ///< distance from where the rule failed to the offending character
};

/// For text that may be invalid UTF-8 or cut within a code point.
std::string ascii_of(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    return out;
}

Problem escape_problem(std::string_view text, std::size_t at) {
    const auto rest = text.substr(at);
    if (!rest.substr(1).starts_with('u'))
        return {
            fmt::format("Invalid character escape sequence: \"{}\".", ascii_of(rest.substr(0, 2))),
            at};
    return {fmt::format("Invalid Unicode escape sequence: \"{}\".", ascii_of(rest.substr(0, 6))),
            at};
}

Problem string_problem(std::string_view text) {
    std::size_t at = 1;
    while (at < text.size() && text[at] != '\n' && text[at] != '\r') {
        const auto size = text[at] == '\\' ? matched<grammar::escape>(text.substr(at))
                                           : matched<grammar::character>(text.substr(at));
        if (!size && text[at] == '\\') return escape_problem(text, at);
        if (!size) return {"Invalid character within String: not UTF-8.", at};
        at += *size;
    }
    return {"Unterminated string.", at};
}

Problem number_problem(std::string_view text) {
    auto at = matched<grammar::integer_part>(text).value_or(1);
    if (text.substr(0, at).ends_with('0') && at <= 2 && at < text.size() && text[at] >= '0' &&
        text[at] <= '9')
        return {fmt::format("Invalid number, unexpected digit after 0: {}.",
                            shown_character(text.substr(at))),
                at};
    at += matched<grammar::fraction>(text.substr(at)).value_or(0);
    at += matched<grammar::exponent>(text.substr(at)).value_or(0);
    while (at < text.size() && std::string_view(".eE+-").find(text[at]) != std::string_view::npos)
        ++at;
    return {fmt::format("Invalid number, expected digit but got: {}.",
                        shown_character(text.substr(at))),
            at};
}

Problem problem_at(std::string_view text) {
    const char first = text.front();
    if (text.starts_with("\"\"\"")) return {"Unterminated string.", text.size()};
    if (first == '"') return string_problem(text);
    if (first == '-' || (first >= '0' && first <= '9')) return number_problem(text);
    if (first == '\'')
        return {"Unexpected single quote character ('), did you mean to use a double quote (\")?",
                0};
    return {fmt::format("Unexpected character: {}.", shown_character(text)), 0};
}

}  // namespace

Tokens tokenize(std::string_view source, std::size_t tokens_max) {
    Lexing lexing{source, tokens_max};
    pegtl::memory_input<pegtl::tracking_mode::lazy> in(source.data(), source.size(), "");
    pegtl::parse<grammar::document, Take>(in, lexing);
    const auto rest = source.substr(static_cast<std::size_t>(in.current() - source.data()));
    auto& tokens = lexing.tokens;
    if (rest.empty()) {
        lexing.add(TokenKind::end, source.substr(source.size()));
    } else if (tokens.too_many) {
        lexing.add(TokenKind::invalid, rest.substr(0, 1));
    } else {
        auto problem = problem_at(rest);
        tokens.problem = std::move(problem.text);
        lexing.add(TokenKind::invalid, rest.substr(problem.skip, 1));
    }
    return std::move(lexing.tokens);
}

std::string string_value(const Token& token) {
    if (token.kind == TokenKind::block_string)
        return dedented(token.text.substr(3, token.text.size() - 6));
    return unescaped(token.text.substr(1, token.text.size() - 2));
}

}  // namespace rotacast::graphql
