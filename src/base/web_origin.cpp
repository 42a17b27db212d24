#include "base/web_origin.hpp"

#include <algorithm>

namespace rotacast {
namespace {

constexpr std::size_t host_bytes_max = 253;  // RFC 1035 §2.3.4
constexpr unsigned port_max = 65'535;

Error refusal(std::string_view why) {
    return {ErrorCode::config_invalid,
            std::string(why) +
                "; write it as browsers send it, such as https://app.example or "
                "http://localhost:3000",
            ""};
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// RFC 3986 §3.1.
bool is_scheme(std::string_view text) {
    return !text.empty() && is_lower(text.front()) && std::ranges::all_of(text, [](char c) {
        return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

/// A name in lower case (an international one in Punycode), or an address.
bool is_host(std::string_view text) {
    if (text.empty() || text.size() > host_bytes_max) return false;
    if (text.starts_with('[')) {
        text.remove_prefix(1);
        return text.size() >= 3 && text.ends_with(']') &&
               std::ranges::all_of(text.substr(0, text.size() - 1), [](char c) {
                   return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
               });
    }
    return std::ranges::all_of(text, [](char c) {
        return is_lower(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

/// Without leading zeros, which browsers drop.
bool is_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || text.front() == '0') return false;
    unsigned number = 0;
    for (const char c : text) {
        if (!is_digit(c)) return false;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return number <= port_max;
}

}  // namespace

std::string_view default_port_of(std::string_view scheme) {
    if (scheme == "https") return ":443";
    if (scheme == "http") return ":80";
    return "";
}

Result<std::string> serialized_origin(std::string_view text) {
    if (text == "null")
        return refusal("is the origin of every local file and sandboxed frame, not of one page");
    if (text.find('*') != std::string_view::npos)
        return refusal("must name each origin, for pages that log in are not let in by a pattern");
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return refusal("has no scheme");
    const auto scheme = text.substr(0, scheme_end);
    const auto authority = text.substr(scheme_end + 3);
    if (authority.find('@') != std::string_view::npos)
        return refusal("must not have a user or password");
    if (authority.find_first_of("/?#\\") != std::string_view::npos)
        return refusal("must end after the host or port, without a slash or path");
    if (std::ranges::any_of(text, is_upper)) return refusal("must be in lower case");
    if (!is_scheme(scheme)) return refusal("has an invalid scheme");
    const auto host_end = authority.starts_with('[') ? authority.find(']') : 0;
    const auto colon = authority.find(':', std::min(host_end, authority.size()));
    const auto host = authority.substr(0, colon);
    if (!is_host(host)) return refusal("has an invalid host");
    if (colon == std::string_view::npos) return std::string(text);
    if (!is_port(authority.substr(colon + 1))) return refusal("has an invalid port");
    if (authority.substr(colon) == default_port_of(scheme))
        return std::string(text.substr(0, scheme_end + 3 + colon));
    return std::string(text);
}

}  // namespace rotacast
