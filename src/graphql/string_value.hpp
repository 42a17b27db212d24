#pragma once

// What stands between the quotes (September 2025, 2.9.4), and the way back.

#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// Of UTF-8 text that is not empty; U+FFFD where it is no UTF-8.
std::uint32_t first_code_point(std::string_view text);

/// `text` without its quotes, with escapes that the lexer has found good.
std::string unescaped(std::string_view text);

/// BlockStringValue(): without the indentation that all lines share, and without blank lines at
/// both ends. `raw` is what stands between the triple quotes.
std::string dedented(std::string_view raw);

}  // namespace rotacast::graphql
