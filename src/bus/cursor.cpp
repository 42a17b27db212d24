#include "bus/cursor.hpp"

#include <algorithm>
#include <charconv>

namespace rotacast::bus {
namespace {

bool is_epoch(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
}

}  // namespace

std::optional<Cursor> Cursor::parse(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || !is_epoch(text.substr(0, dot))) return std::nullopt;
    const auto digits = text.substr(dot + 1);
    Cursor cursor{std::string(text.substr(0, dot)), 0};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), cursor.offset);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return cursor;
}

std::string to_string(const Cursor& cursor) {
    return cursor.epoch + '.' + std::to_string(cursor.offset);
}

}  // namespace rotacast::bus
