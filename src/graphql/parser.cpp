#include "graphql/parser.hpp"

#include "graphql/lexer.hpp"

#include <fmt/format.h>

#include <array>

namespace rotacast::graphql {
namespace {

using ast::Value;

std::string kind_name(TokenKind kind) {
    switch (kind) {
        case TokenKind::name: return "Name";
        case TokenKind::integer: return "Int";
        case TokenKind::number: return "Float";
        case TokenKind::string: return "String";
        case TokenKind::block_string: return "BlockString";
        default: return "<EOF>";
    }
}

/// Describes a token as graphql-js does: `Name "x"`, `"{"`, `<EOF>`.
std::string described(const Token& token) {
    switch (token.kind) {
        case TokenKind::punctuator: return fmt::format("\"{}\"", token.text);
        case TokenKind::end:
        case TokenKind::invalid: return "<EOF>";
        case TokenKind::string:
        case TokenKind::block_string:
            return fmt::format("{} \"{}\"", kind_name(token.kind), string_value(token));
        default: return fmt::format("{} \"{}\"", kind_name(token.kind), token.text);
    }
}

/// After the first error, every look-ahead returns the end of the document, so that all loops and
/// calls terminate.
class Parser {
  public:
    Parser(const Tokens& tokens, const Limits& limits) : tokens_(tokens), limits_(limits) {}

    ast::Document document() {
        ast::Document document;
        do {
            definition(document);
        } while (!failure_ && token().kind != TokenKind::end);
        return document;
    }

    std::optional<ParseFailure>& failure() { return failure_; }

  private:
    // Looking ahead and advancing.

    const Token& token() {
        if (failure_) return tokens_.list.back();
        const auto& next = tokens_.list[at_];
        if (next.kind == TokenKind::invalid) fail_at_invalid(next);
        return next;
    }

    bool next_is(std::string_view punctuator) {
        const auto& next = token();
        return next.kind == TokenKind::punctuator && next.text == punctuator;
    }
    bool next_is_keyword(std::string_view keyword) {
        const auto& next = token();
        return next.kind == TokenKind::name && next.text == keyword;
    }
    void advance() {
        if (at_ + 1 < tokens_.list.size()) ++at_;
    }
    bool take(std::string_view punctuator) {
        if (!next_is(punctuator)) return false;
        advance();
        return true;
    }
    bool take_keyword(std::string_view keyword) {
        if (!next_is_keyword(keyword)) return false;
        advance();
        return true;
    }
    void expect(std::string_view punctuator) {
        if (!take(punctuator)) fail_expected(fmt::format("\"{}\"", punctuator));
    }
    void expect_keyword(std::string_view keyword) {
        if (!take_keyword(keyword)) fail_expected(fmt::format("\"{}\"", keyword));
    }

    /// Parses `open` item* `close`, with at least one item unless `maybe_empty`.
    template <class Item>
    void items(std::string_view open, std::string_view close, bool maybe_empty, Item item) {
        const auto start = token().location;
        expect(open);
        if (++nesting_ > limits_.nesting_max)
            fail_at_limit(fmt::format("The document nests deeper than {}.", limits_.nesting_max),
                          start);
        if (!maybe_empty) item();
        while (!failure_ && !take(close)) item();
        --nesting_;
    }

    // Errors.

    void fail(const Location& where, const std::string& message) {
        if (failure_) return;
        failure_.emplace(
            ParseFailure{{.message = shortened("Syntax Error: " + message), .locations = {where}}});
    }
    void fail_expected(std::string_view wanted) {
        const auto& found = token();
        fail(found.location, fmt::format("Expected {}, found {}.", wanted, described(found)));
    }
    void fail_unexpected(const Token& found) {
        fail(found.location, fmt::format("Unexpected {}.", described(found)));
    }
    void fail_at_limit(std::string message, const Location& where) {
        if (failure_) return;
        failure_.emplace(ParseFailure{limit_error(std::move(message), {where}), false});
    }
    void fail_at_invalid(const Token& invalid) {
        if (tokens_.too_many)
            fail_at_limit(fmt::format("The document has more than {} tokens.", limits_.tokens_max),
                          invalid.location);
        else
            fail(invalid.location, tokens_.problem);
    }

    // Definitions (2.3 to 2.5, 2.9).

    void definition(ast::Document& document) {
        if (next_is("{")) {
            const auto start = token().location;
            document.operations.push_back(
                {OperationKind::query, start, {}, {}, {}, selection_set()});
            return;
        }
        description();
        const auto& keyword = token();
        if (take_keyword("fragment"))
            add_fragment(document, keyword.location);
        else if (const auto kind = operation_kind(keyword))
            document.operations.push_back(operation(*kind));
        else
            fail_unexpected(keyword);
    }

    /// 2.2; read and ignored.
    void description() {
        const auto& text = token();
        if (text.kind != TokenKind::string && text.kind != TokenKind::block_string) return;
        advance();
        if (next_is("{"))
            fail(text.location,
                 "Unexpected description, descriptions are not supported on shorthand queries.");
    }

    static std::optional<OperationKind> operation_kind(const Token& keyword) {
        if (keyword.kind != TokenKind::name) return std::nullopt;
        if (keyword.text == "query") return OperationKind::query;
        if (keyword.text == "mutation") return OperationKind::mutation;
        if (keyword.text == "subscription") return OperationKind::subscription;
        return std::nullopt;
    }

    ast::Operation operation(OperationKind kind) {
        ast::Operation made;
        made.kind = kind;
        made.location = token().location;
        advance();
        if (token().kind == TokenKind::name) made.name = name();
        if (next_is("("))
            items("(", ")", false, [&] { made.variables.push_back(variable_definition()); });
        made.directives = directives(false);
        made.selections = selection_set();
        return made;
    }

    void add_fragment(ast::Document& document, const Location& start) {
        ast::Fragment made;
        made.location = start;
        made.name = fragment_name();
        expect_keyword("on");
        made.on = name();
        made.directives = directives(false);
        made.selections = selection_set();
        document.fragments_by_name.try_emplace(made.name.text, document.fragments.size());
        document.fragments.push_back(std::move(made));
    }

    ast::Name fragment_name() {
        if (next_is_keyword("on")) fail_unexpected(token());
        return name();
    }

    ast::Name name() {
        const auto& found = token();
        if (found.kind != TokenKind::name) {
            fail_expected("Name");
            return {};
        }
        advance();
        return {found.text, found.location};
    }

    // Selections (2.5 to 2.8).

    std::vector<ast::Selection> selection_set() {
        std::vector<ast::Selection> selections;
        items("{", "}", false, [&] { selections.push_back(selection()); });
        return selections;
    }

    ast::Selection selection() {
        ast::Selection made;
        made.location = token().location;
        if (take("..."))
            fragment_selection(made);
        else
            field(made);
        return made;
    }

    void field(ast::Selection& made) {
        made.name = name();
        if (take(":")) {
            made.alias = made.name;
            made.name = name();
        }
        made.arguments = arguments(false);
        made.directives = directives(false);
        if (next_is("{")) made.selections = selection_set();
    }

    void fragment_selection(ast::Selection& made) {
        const bool condition = take_keyword("on");
        if (!condition && token().kind == TokenKind::name) {
            made.kind = ast::Selection::Kind::spread;
            made.name = fragment_name();
            made.directives = directives(false);
            return;
        }
        made.kind = ast::Selection::Kind::inline_fragment;
        if (condition) made.name = name();
        made.directives = directives(false);
        made.selections = selection_set();
    }

    std::vector<ast::Argument> arguments(bool constant) {
        std::vector<ast::Argument> made;
        if (next_is("("))
            items("(", ")", false, [&] {
                auto argument_name = name();
                expect(":");
                made.push_back({argument_name, value(constant)});
            });
        return made;
    }

    std::vector<ast::Directive> directives(bool constant) {
        std::vector<ast::Directive> made;
        while (next_is("@")) {
            const auto start = token().location;
            advance();
            auto directive_name = name();
            made.push_back({directive_name, arguments(constant), start});
        }
        return made;
    }

    // Variables and types (2.10, 2.11).

    ast::Variable variable_definition() {
        ast::Variable made;
        description();
        made.name = variable();
        expect(":");
        made.type = type();
        if (take("=")) made.default_value = value(true);
        made.directives = directives(true);
        return made;
    }

    ast::Name variable() {
        const auto start = token().location;
        expect("$");
        return {name().text, start};
    }

    ast::TypeName type() {
        std::size_t lists = 0;
        const auto start = token().location;
        while (take("[")) ++lists;
        if (lists > lists_max)
            fail_at_limit(fmt::format("A type nests more than {} lists.", lists_max), start);
        ast::TypeName made{name(), {}};
        if (take("!")) made.wrappers += '!';
        for (; lists > 0 && !failure_; --lists) {
            expect("]");
            made.wrappers += '[';
            if (take("!")) made.wrappers += '!';
        }
        return made;
    }

    // Values (2.9).

    Value value(bool constant) {
        const auto& first = token();
        Value made;
        made.location = first.location;
        made.text = first.text;
        switch (first.kind) {
            case TokenKind::integer: made.kind = Value::Kind::integer; break;
            case TokenKind::number: made.kind = Value::Kind::number; break;
            case TokenKind::name: made.kind = kind_of_word(first.text); break;
            case TokenKind::string:
            case TokenKind::block_string:
                made.kind = Value::Kind::string;
                made.text = string_value(first);
                break;
            default: composed_value(made, first, constant); return made;
        }
        advance();
        return made;
    }

    static Value::Kind kind_of_word(std::string_view word) {
        if (word == "true" || word == "false") return Value::Kind::boolean;
        return word == "null" ? Value::Kind::null : Value::Kind::enumeration;
    }

    void composed_value(Value& made, const Token& first, bool constant) {
        made.text.clear();
        if (next_is("[")) {
            made.kind = Value::Kind::list;
            items("[", "]", true, [&] { made.items.push_back(value(constant)); });
        } else if (next_is("{")) {
            made.kind = Value::Kind::object;
            items("{", "}", true, [&] {
                auto field_name = name();
                expect(":");
                made.fields.push_back({field_name, value(constant)});
            });
        } else if (next_is("$")) {
            made.kind = Value::Kind::variable;
            made.text = variable().text;
            if (constant)
                fail(first.location,
                     fmt::format("Unexpected variable \"${}\" in constant value.", made.text));
        } else {
            fail_unexpected(first);
        }
    }

    static constexpr std::size_t lists_max = TypeRef::wrappers_max / 2 - 1;

    const Tokens& tokens_;
    const Limits& limits_;
    std::size_t at_ = 0;
    std::size_t nesting_ = 0;
    std::optional<ParseFailure> failure_;
};

}  // namespace

GraphqlError limit_error(std::string message, std::vector<Location> locations) {
    auto error = to_graphql_error({ErrorCode::too_large, std::move(message), ""});
    error.locations = std::move(locations);
    return error;
}

std::variant<ast::Document, ParseFailure> parse(std::string_view source, const Limits& limits) {
    if (source.size() > limits.document_bytes_max)
        return ParseFailure{limit_error(fmt::format("The document has more than {} bytes.",
                                                    limits.document_bytes_max)),
                            false};
    const auto tokens = tokenize(source, limits.tokens_max);
    Parser parser(tokens, limits);
    auto document = parser.document();
    if (parser.failure()) return std::move(*parser.failure());
    return document;
}

}  // namespace rotacast::graphql
