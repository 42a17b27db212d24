#include "http/body_framing.hpp"

#include <array>
#include <charconv>

namespace rotacast::http {

std::size_t append_chunk(std::string& out, std::string_view part) {
    std::array<char, 2 * sizeof(std::size_t)> size{};
    const auto written =
        std::to_chars(size.data(), size.data() + size.size(), part.size(), 16).ptr - size.data();
    out.append(size.data(), static_cast<std::size_t>(written)).append("\r\n");
    const auto begin = out.size();
    out.append(part).append("\r\n");
    return begin;
}

void append_body(std::string& out, BodyFraming framing, std::string_view part) {
    if (part.empty()) return;
    if (framing == BodyFraming::chunked)
        append_chunk(out, part);
    else
        out += part;
}

}  // namespace rotacast::http
