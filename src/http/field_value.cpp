#include "http/field_value.hpp"

#include <algorithm>
#include <cstddef>

namespace rotacast::http {
namespace {

constexpr std::string_view blanks = " \t";

/// Whether the character before `end` is escaped, for who reads from the right: an odd number of
/// backslashes stands before it.
bool is_escaped(std::string_view text, std::size_t end) {
    const auto before = text.substr(0, end - 1);
    const auto last_other = before.find_last_not_of('\\');
    const auto backslashes =
        last_other == std::string_view::npos ? before.size() : before.size() - 1 - last_other;
    return backslashes % 2 == 1;
}

}  // namespace

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view without_blanks(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(blanks), text.size());
    const auto end = text.find_last_not_of(blanks) + 1;
    return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

std::string_view take_first(std::string_view& list, char separator) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < list.size() && (quoted || list[end] != separator); ++end) {
        if (list[end] == '"') quoted = !quoted;
        if (list[end] == '\\' && quoted) ++end;
    }
    const auto element = without_blanks(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    return element;
}

std::string_view take_last(std::string_view& list, char separator) {
    bool quoted = false;
    std::size_t begin = list.size();
    for (; begin > 0 && (quoted || list[begin - 1] != separator); --begin)
        if (list[begin - 1] == '"') quoted = !quoted || is_escaped(list, begin);
    const auto element = without_blanks(list.substr(begin));
    list = list.substr(0, begin > 0 ? begin - 1 : 0);
    return element;
}

std::optional<std::string> unquoted(std::string_view value) {
    if (!value.starts_with('"')) {
        if (value.empty() || value.find_first_of(" \t\"") != std::string_view::npos)
            return std::nullopt;
        return std::string(value);
    }
    std::string text;
    for (std::size_t at = 1; at < value.size(); ++at) {
        if (value[at] == '"')
            return at + 1 == value.size() ? std::optional(std::move(text)) : std::nullopt;
        if (value[at] == '\\' && ++at == value.size()) break;
        text += value[at];
    }
    return std::nullopt;
}

}  // namespace rotacast::http
