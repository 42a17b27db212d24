#include "events/cursor.hpp"

#include <algorithm>
#include <charconv>

namespace rotacast::events {
namespace {

bool is_epoch(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
}

/// Parses `text` as one number; false if anything is left over.
template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::optional<Cursor> Cursor::parse(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || !is_epoch(text.substr(0, dot))) return std::nullopt;
    Cursor cursor{std::string(text.substr(0, dot)), {}};
    const auto numbers = text.substr(dot + 1);
    const auto second_dot = numbers.find('.');
    if (!read_number(numbers.substr(0, second_dot), cursor.position.offset)) return std::nullopt;
    if (second_dot == std::string_view::npos) return cursor;
    if (!read_number(numbers.substr(second_dot + 1), cursor.position.part)) return std::nullopt;
    return cursor;
}

std::string to_string(const Cursor& cursor) {
    auto text = cursor.epoch + '.' + std::to_string(cursor.position.offset);
    if (cursor.position.part != Position::whole) text += '.' + std::to_string(cursor.position.part);
    return text;
}

}  // namespace rotacast::events
