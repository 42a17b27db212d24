#include "auth/jwt_claims.hpp"

#include "reflect/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace rotacast::auth {
namespace {

namespace json = boost::json;

std::optional<double> number_in(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A NumericDate (RFC 7519 §2), or its digits in a string, as the original's libraries accept it.
std::optional<Timestamp> time_in(const json::value& value) {
    std::optional<double> seconds;
    if (value.is_number())
        seconds = value.to_number<double>();
    else if (const auto* text = value.if_string())
        seconds = number_in(*text);
    // A Timestamp after the year 9999 has no text form.
    if (!seconds || !std::isfinite(*seconds) || *seconds < 0) return std::nullopt;
    constexpr double year_9999 = 253'402'300'799;
    const auto ms = static_cast<std::int64_t>(std::min(*seconds, year_9999) * 1000);
    return Timestamp(std::chrono::milliseconds(ms));
}

/// True if the claim is absent or is a time not after `limit`.
bool not_after(const json::object& claims, std::string_view name, Timestamp limit) {
    const auto* value = claims.if_contains(name);
    if (!value) return true;
    const auto time = time_in(*value);
    return time && *time <= limit;
}

/// The string, empty if absent or null; nullopt if it is of another type.
std::optional<std::string> optional_text(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    if (!value || value->is_null()) return std::string();
    if (const auto* text = value->if_string()) return std::string(*text);
    return std::nullopt;
}

bool has_wanted_type(const json::object& claims, TokenType wanted) {
    const auto* type = claims.if_contains("type");
    const bool is_refresh = type && type->is_string() && type->get_string() == "refresh";
    return is_refresh == (wanted == TokenType::refresh);
}

bool is_text(const json::value& value, std::string_view text) {
    return value.is_string() && value.get_string() == text;
}

bool has_wanted_issuer(const json::object& claims, std::string_view wanted) {
    if (wanted.empty()) return true;
    const auto* issuer = claims.if_contains("iss");
    return issuer && is_text(*issuer, wanted);
}

/// One name or a list of names (RFC 7519 §4.1.3). Without a name of our own, a token with an
/// audience is not for us.
bool has_wanted_audience(const json::object& claims, std::string_view wanted) {
    const auto* audience = claims.if_contains("aud");
    if (!audience) return wanted.empty();
    if (wanted.empty()) return false;
    const auto* list = audience->if_array();
    if (!list) return is_text(*audience, wanted);
    return std::ranges::any_of(*list, [&](const auto& name) { return is_text(name, wanted); });
}

}  // namespace

Result<Claims> read_claims(std::string_view payload,
                           TokenType wanted,
                           Timestamp now,
                           const TokenParties& parties,
                           std::chrono::seconds leeway) {
    const auto parsed = reflect::parse_json(payload);
    if (!parsed || !parsed->is_object()) return invalid_token("The token holds no JSON object.");
    const auto& claims = parsed->get_object();

    Claims result;
    const auto* subject = claims.if_contains("sub");
    const auto id =
        subject && subject->is_string() ? Uuid::parse(subject->get_string()) : std::nullopt;
    if (!id) return invalid_token("The token's `sub` is not a user's identifier.");
    result.subject = *id;

    auto username = optional_text(claims, "username");
    auto jti = optional_text(claims, "jti");
    if (!username || !jti) return invalid_token("The token's `username` or `jti` is not text.");
    result.username = std::move(*username);
    result.jti = std::move(*jti);

    if (!has_wanted_issuer(claims, parties.issuer))
        return invalid_token("The token was made by another issuer.");
    if (!has_wanted_audience(claims, parties.audience))
        return invalid_token("The token is meant for another audience.");
    if (!has_wanted_type(claims, wanted))
        return invalid_token(wanted == TokenType::access
                                 ? "A refresh token is not an access token."
                                 : "An access token is not a refresh token.");
    const auto latest = now + leeway;
    if (!not_after(claims, "nbf", latest)) return invalid_token("The token is not valid yet.");
    if (!not_after(claims, "iat", latest))
        return invalid_token("The token was issued in the future.");
    if (const auto* issued = claims.if_contains("iat")) result.issued_at = time_in(*issued);

    const auto* expiry = claims.if_contains("exp");
    const auto expires_at = expiry ? time_in(*expiry) : std::nullopt;
    if (!expires_at) return invalid_token("The token has no expiry.");
    if (*expires_at <= now) return Error{ErrorCode::token_expired, "The token has expired.", ""};
    result.expires_at = *expires_at;
    return result;
}

}  // namespace rotacast::auth
