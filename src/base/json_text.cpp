#include "base/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace rotacast {
namespace {

char short_escape(char c) {
    switch (c) {
        case '"': return '"';
        case '\\': return '\\';
        case '\b': return 'b';
        case '\t': return 't';
        case '\n': return 'n';
        case '\f': return 'f';
        case '\r': return 'r';
        default: return 0;
    }
}

void append_escaped(std::string& out, char c) {
    if (const char e = short_escape(c)) {
        out += {'\\', e};
        return;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// True if one of eight characters needs an escape: tests all at once whether a byte is below 0x20,
/// a quote or a backslash (Mycroft's test for a zero byte). May also report the byte above such a
/// one; never misses one.
bool any_needs_escape(const char* eight) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL;
    constexpr std::uint64_t highs = ones << 7;
    std::uint64_t word = 0;
    std::memcpy(&word, eight, sizeof word);
    const auto quote = word ^ (ones * '"');
    const auto backslash = word ^ (ones * '\\');
    const auto low = (word - ones * 0x20) & ~word;
    return ((low | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs) != 0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t clean_from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        while (i + 8 <= text.size() && !any_needs_escape(text.data() + i)) i += 8;
        if (i == text.size()) break;
        if (!needs_escape(text[i])) continue;
        out.append(text, clean_from, i - clean_from);
        append_escaped(out, text[i]);
        clean_from = i + 1;
    }
    out.append(text, clean_from);
    out += '"';
}

void append_json_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    out.append(buffer.data(), end);
}

// std::to_chars in scientific form gives the shortest digits and the exponent. Python's repr, whose
// output the original's clients expect, uses positional notation for exponents in [-4, 16).
void append_json_double(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    std::array<char, 400> buffer{};
    const double magnitude = std::fabs(value);
    const bool positional = magnitude == 0.0 || (magnitude >= 1e-4 && magnitude < 1e16);
    const auto format = positional ? std::chars_format::fixed : std::chars_format::scientific;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format).ptr;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    out += text;
    if (positional && text.find('.') == std::string_view::npos) out += ".0";
}

}  // namespace rotacast
