#pragma once

// Decodes the content of string literals (September 2025, 2.9.4), and encodes it.

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// The first code point of UTF-8 text, which must not be empty; U+FFFD if it is invalid.
std::uint32_t first_code_point(std::string_view text);

/// The content without quotes, escapes decoded. The lexer must have accepted the escapes.
std::string unescaped(std::string_view text);

/// BlockStringValue(): removes the indentation that all lines share, and blank lines at both ends.
/// `raw` is the text between the triple quotes.
std::string dedented(std::string_view raw);

}  // namespace rotacast::graphql
