#include "graphql/string_value.hpp"

#include <algorithm>
#include <vector>

namespace rotacast::graphql {
namespace {

void append_utf8(std::string& out, std::uint32_t point) {
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        add(point);
    } else if (point < 0x800) {
        add(0xC0 | point >> 6);
        add(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        add(0xE0 | point >> 12);
        add(0x80 | (point >> 6 & 0x3F));
        add(0x80 | (point & 0x3F));
    } else {
        add(0xF0 | point >> 18);
        add(0x80 | (point >> 12 & 0x3F));
        add(0x80 | (point >> 6 & 0x3F));
        add(0x80 | (point & 0x3F));
    }
}

std::uint32_t hex(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char c : digits) {
        const auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value << 4 | static_cast<std::uint32_t>(digit);
    }
    return value;
}

char plain_escape(char letter) {
    switch (letter) {
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return letter;
    }
}

/// `text` starts after `\u`; returns how many characters of it were read.
std::size_t append_unicode_escape(std::string& out, std::string_view text) {
    if (text.front() == '{') {
        const auto close = text.find('}');
        append_utf8(out, hex(text.substr(1, close - 1)));
        return close + 1;
    }
    const auto first = hex(text.substr(0, 4));
    if (first < 0xD800 || first > 0xDFFF) {
        append_utf8(out, first);
        return 4;
    }
    const auto second = hex(text.substr(6, 4));  // after the second `\u`
    append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    return 10;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (true) {
        const auto end = text.find_first_of("\r\n");
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    }
}

std::size_t indentation(std::string_view line) {
    return std::min(line.find_first_not_of(" \t"), line.size());
}

bool is_blank(std::string_view line) {
    return indentation(line) == line.size();
}

std::string with_quotes(std::string_view raw) {
    static constexpr std::string_view escaped = "\\\"\"\"";
    std::string out;
    while (true) {
        const auto at = raw.find(escaped);
        out += raw.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += "\"\"\"";
        raw.remove_prefix(at + escaped.size());
    }
}

}  // namespace

std::uint32_t first_code_point(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return first;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC0 || text.size() < size) return 0xFFFD;
    std::uint32_t point = first & (0x7Fu >> size);
    for (const char c : text.substr(1, size - 1))
        point = point << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return point;
}

std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto plain = std::min(text.find('\\'), text.size());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const char letter = text[1];
        text.remove_prefix(2);
        if (letter == 'u')
            text.remove_prefix(append_unicode_escape(out, text));
        else
            out += plain_escape(letter);
    }
    return out;
}

std::string dedented(std::string_view raw) {
    const auto text = with_quotes(raw);
    auto lines = lines_of(text);
    std::size_t common = std::string_view::npos;
    for (std::size_t i = 1; i < lines.size(); ++i)
        if (!is_blank(lines[i])) common = std::min(common, indentation(lines[i]));
    if (common != std::string_view::npos)
        for (std::size_t i = 1; i < lines.size(); ++i)
            lines[i].remove_prefix(std::min(common, lines[i].size()));
    const auto first = std::ranges::find_if_not(lines, is_blank);
    const auto last = std::ranges::find_if_not(lines.rbegin(), lines.rend(), is_blank).base();
    std::string out;
    for (auto line = first; line < last; ++line) {
        if (line != first) out += '\n';
        out += *line;
    }
    return out;
}

}  // namespace rotacast::graphql
