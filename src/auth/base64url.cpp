#include "auth/base64url.hpp"

#include <cjose/cjose.h>

#include <algorithm>

namespace rotacast::auth {
namespace {

bool is_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

}  // namespace

std::string_view without_padding(std::string_view text) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return text;
}

bool is_base64url(std::string_view text) {
    const bool padded = text.ends_with('=');
    if (padded && text.size() % 4 != 0) return false;
    text = without_padding(text);
    return !text.empty() && text.size() % 4 != 1 && std::ranges::all_of(text, is_digit);
}

std::string encode_base64url(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const auto byte : bytes) {
        bits = (bits << 8) | byte;
        for (count += 8; count >= 6; count -= 6) out += digits[(bits >> (count - 6)) & 63];
    }
    if (count > 0) out += digits[(bits << (6 - count)) & 63];
    return out;
}

std::optional<std::string> decode_base64url(std::string_view text) {
    if (!is_base64url(text)) return std::nullopt;
    std::uint8_t* octets = nullptr;
    std::size_t size = 0;
    cjose_err error;
    if (!cjose_base64url_decode(text.data(), text.size(), &octets, &size, &error))
        return std::nullopt;
    std::string decoded(reinterpret_cast<const char*>(octets), size);
    cjose_get_dealloc()(octets);
    return decoded;
}

}  // namespace rotacast::auth
