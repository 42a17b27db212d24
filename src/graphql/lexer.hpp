#pragma once

// Splits a document into tokens (September 2025, 2.1 and 2.2 to 2.9). The lexical grammar is in
// lexer.cpp.

#include "graphql/graphql_error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::graphql {

enum class TokenKind : std::uint8_t {
    punctuator,
    name,
    integer,
    number,
    string,
    block_string,
    end,
    /// No token starts here. The last token; `Tokens::problem` says why.
    invalid,
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  ///< as written; a view into the source
    Location location;
};

/// `list` ends with a token `end` or `invalid` and is never empty. Views into the source.
struct Tokens {
    std::vector<Token> list;
    std::string problem;
    bool too_many = false;  ///< the limit was reached; `list` ends with `invalid`
};

Tokens tokenize(std::string_view source, std::size_t tokens_max);

/// The value of a string or block string token (2.9.4): without quotes, escapes decoded.
std::string string_value(const Token& token);

}  // namespace rotacast::graphql
