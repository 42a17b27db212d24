#include "net/utf8.hpp"

#include <cstring>

namespace rotacast::net {
namespace {

constexpr std::uint8_t refused = 0xFF;

bool is_continuation(char octet) {
    return (static_cast<std::uint8_t>(octet) & 0xC0U) == 0x80U;
}

/// The first octet at or after `at` that is not ASCII, or `end`. Checks eight at a time, because
/// most text is ASCII.
const char* skip_ascii(const char* at, const char* end) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    while (end - at >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        if ((word & high_bits) != 0) break;
        at += 8;
    }
    while (at != end && static_cast<std::uint8_t>(*at) < 0x80) ++at;
    return at;
}

}  // namespace

bool Utf8Validator::feed(std::string_view text) noexcept {
    if (missing_ == refused) return false;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        if (missing_ == 0) at = skip_ascii(at, end);
        if (at == end) return true;
        const auto octet = static_cast<std::uint8_t>(*at++);
        if (missing_ == 0) {
            if (!start_sequence(octet)) break;
        } else {
            if (octet < low_ || octet > high_) break;
            --missing_;
            low_ = 0x80;
            high_ = 0xBF;
        }
    }
    missing_ = refused;
    return false;
}

// The table of RFC 3629 §4.
bool Utf8Validator::start_sequence(std::uint8_t lead) noexcept {
    if (lead < 0xC2 || lead > 0xF4) return false;
    missing_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    switch (lead) {
        case 0xE0: low_ = 0xA0; break;   // below: overlong
        case 0xED: high_ = 0x9F; break;  // above: surrogates
        case 0xF0: low_ = 0x90; break;   // below: overlong
        case 0xF4: high_ = 0x8F; break;  // above: past U+10FFFF
        default: break;
    }
    return true;
}

bool is_valid_utf8(std::string_view text) noexcept {
    Utf8Validator validator;
    return validator.feed(text) && validator.complete();
}

std::string_view utf8_prefix(std::string_view text, std::size_t size_max) noexcept {
    if (text.size() <= size_max) return text;
    std::size_t size = size_max;
    while (size > 0 && is_continuation(text[size])) --size;
    return text.substr(0, size);
}

}  // namespace rotacast::net
