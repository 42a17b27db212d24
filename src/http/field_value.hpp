#pragma once

// Lists, parameters and quoted strings in the values of header fields (RFC 9110 §5.6). Pure. A
// separator within a quoted string does not count. All take time proportional to what they return.

#include <optional>
#include <string>
#include <string_view>

namespace rotacast::http {

/// Of a token, e.g. of a name (RFC 9110 §5.6.2).
bool is_token_character(char c);

/// Without spaces and tabs at both ends.
std::string_view without_blanks(std::string_view text);

/// Removes the first element from a list and returns it, without blanks around it.
std::string_view take_first(std::string_view& list, char separator);

/// The same with the last element. What is to the left of it has no influence, whatever it is: of a
/// list that somebody else began, what was added at the end is found for certain if that is well
/// formed.
std::string_view take_last(std::string_view& list, char separator);

/// The text that a token or a quoted string stands for; nullopt if it is neither. A token may have
/// any characters but blanks and quotes, because IPv6 addresses are sent like that.
std::optional<std::string> unquoted(std::string_view value);

}  // namespace rotacast::http
