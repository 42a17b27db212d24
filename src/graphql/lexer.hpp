#pragma once

// Text into tokens: the lexical half of the language (September 2025, 2.1 and 2.2 to 2.9), whose
// grammar stands in lexer.cpp and nowhere else.

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
    /// Nothing of the language starts here; the last token, `Tokens::problem` says why.
    invalid,
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  ///< as written, in the source
    Location location;
};

/// `list` ends in a token `end` or `invalid`; never empty. Views into the source.
struct Tokens {
    std::vector<Token> list;
    std::string problem;
    bool too_many = false;  ///< the bound was reached; `list` ends in `invalid`
};

Tokens tokenize(std::string_view source, std::size_t tokens_max);

/// The value of a string or block string token (2.9.4): quotes away, escapes read.
std::string string_value(const Token& token);

}  // namespace rotacast::graphql
