#include "auth/token_source.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::auth {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Removes the next part from `rest` and returns it.
std::string_view next_part(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// Form decoding (WHATWG URL §5.1): invalid escapes are kept as they are.
std::string form_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

/// Removes exactly this prefix, as the original does for query and cookie.
std::string_view without_bearer(std::string_view text) {
    constexpr std::string_view prefix = "Bearer ";
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    return text;
}

/// RFC 6750 §2.1; the scheme is case-insensitive (RFC 9110 §11.1). Another scheme yields no token.
std::string from_authorization(std::string_view header) {
    constexpr std::string_view scheme = "bearer ";
    header = trimmed(header);
    const auto begin = header.substr(0, scheme.size());
    if (!std::ranges::equal(begin, scheme, {}, lower)) return {};
    return std::string(trimmed(header.substr(scheme.size())));
}

std::string from_subprotocols(std::string_view header) {
    constexpr std::string_view prefix = "bearer.";
    std::string_view token;
    bool beside_ours = false;
    while (!header.empty()) {
        const auto name = trimmed(next_part(header, ','));
        if (name == "rotacast.v1") beside_ours = true;
        if (token.empty() && name.starts_with(prefix)) token = name.substr(prefix.size());
    }
    return beside_ours ? std::string(token) : std::string();
}

std::string from_query(std::string_view query) {
    std::string last;
    while (!query.empty()) {
        auto value = next_part(query, '&');
        const auto name = next_part(value, '=');
        if (form_decoded(name) == "token") last = form_decoded(value);
    }
    return std::string(without_bearer(last));
}

/// The value of the first cookie of this name (RFC 6265 §4.2.1), without quotes.
std::string_view cookie_named(std::string_view name, std::string_view header) {
    while (!header.empty()) {
        auto value = trimmed(next_part(header, ';'));
        if (trimmed(next_part(value, '=')) != name) continue;
        value = trimmed(value);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

// The original's login sets access_token="Bearer <jwt>", and browsers send the quotes back.
std::string from_cookie(std::string_view header) {
    return std::string(without_bearer(cookie_named("access_token", header)));
}

}  // namespace

Result<FoundToken> find_upgrade_token(const UpgradeTexts& texts) {
    using enum TokenSource;
    if (auto token = from_authorization(texts.authorization); !token.empty())
        return FoundToken{std::move(token), authorization};
    if (auto token = from_subprotocols(texts.subprotocols); !token.empty())
        return FoundToken{std::move(token), subprotocol};
    if (auto token = from_query(texts.query); !token.empty())
        return FoundToken{std::move(token), query};
    auto token = from_cookie(texts.cookie);
    if (token.empty()) return Error{ErrorCode::token_missing, "", ""};
    if (!texts.cookie_counts) return Error{ErrorCode::origin_refused, "", ""};
    return FoundToken{std::move(token), cookie};
}

std::optional<FoundToken> find_http_token(std::string_view authorization, std::string_view cookie) {
    if (auto token = from_cookie(cookie); !token.empty())
        return FoundToken{std::move(token), TokenSource::cookie};
    if (auto token = from_authorization(authorization); !token.empty())
        return FoundToken{std::move(token), TokenSource::authorization};
    return std::nullopt;
}

std::string find_refresh_cookie(std::string_view cookie) {
    return std::string(cookie_named("refresh_token", cookie));
}

}  // namespace rotacast::auth
