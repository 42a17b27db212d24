#include "auth/jwt.hpp"

#include "auth/jwt_claims.hpp"
#include "base/json_text.hpp"

#include <cjose/cjose.h>

#include <algorithm>

namespace rotacast::auth {
namespace {

constexpr const char* algorithm = "HS256";

struct Release {
    void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
    void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
using JwsPtr = std::unique_ptr<cjose_jws_t, Release>;
using HeaderPtr = std::unique_ptr<cjose_header_t, Release>;

detail::JwkPtr make_key(std::string_view secret) {
    cjose_err error;
    return detail::JwkPtr(cjose_jwk_create_oct_spec(
        reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size(), &error));
}

bool is_base64url(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

std::string_view without_padding(std::string_view text) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return text;
}

/// Whole octets of base64url (RFC 4648 §5), padded or not.
bool is_segment(std::string_view text) {
    const bool padded = text.ends_with('=');
    if (padded && text.size() % 4 != 0) return false;
    text = without_padding(text);
    return !text.empty() && text.size() % 4 != 1 && std::ranges::all_of(text, is_base64url);
}

/// Three good segments, and nothing else; the result ends at the last one's padding. That of the
/// first two must stay, because it is signed.
std::optional<std::string_view> compact_form(std::string_view token) {
    if (token.size() > token_bytes_max) return std::nullopt;
    const auto first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    if (!is_segment(token.substr(0, first)) ||
        !is_segment(token.substr(first + 1, second - first - 1)) ||
        !is_segment(token.substr(second + 1)))
        return std::nullopt;
    return without_padding(token);
}

Error invalid(const char* message) {
    return {ErrorCode::token_invalid, message, ""};
}

std::int64_t seconds_of(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string payload_for(const User& user, TokenType type, const IssuedToken& token, Timestamp now) {
    std::string out = R"({"sub":")";
    append_uuid(out, user.id);
    out += R"(","username":)";
    append_json_string(out, user.username);
    out += R"(,"exp":)";
    append_json_integer(out, seconds_of(token.expires_at));
    out += R"(,"jti":")" + token.jti + R"(","iat":)";
    append_json_integer(out, seconds_of(now));
    if (type == TokenType::refresh) out += R"(,"type":"refresh")";
    out += '}';
    return out;
}

HeaderPtr make_header() {
    cjose_err error;
    HeaderPtr header(cjose_header_new(&error));
    if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, algorithm, &error) ||
        !cjose_header_set(header.get(), "typ", "JWT", &error))
        return nullptr;
    return header;
}

}  // namespace

void detail::JwkRelease::operator()(_cjose_jwk_int* key) const {
    cjose_jwk_release(key);
}

std::string_view to_string(TokenType type) {
    return type == TokenType::refresh ? "refresh" : "access";
}

TokenIssuer::TokenIssuer(std::string_view secret,
                         std::chrono::seconds access_ttl,
                         std::chrono::seconds refresh_ttl)
    : key_(make_key(secret)), access_ttl_(access_ttl), refresh_ttl_(refresh_ttl) {}

Result<IssuedToken> TokenIssuer::issue_access(const User& user, Timestamp now) const {
    return issue(user, TokenType::access, now);
}

Result<IssuedToken> TokenIssuer::issue_refresh(const User& user, Timestamp now) const {
    return issue(user, TokenType::refresh, now);
}

Result<IssuedToken> TokenIssuer::issue(const User& user, TokenType type, Timestamp now) const {
    // `exp` and `iat` are whole seconds; what is answered must be what is signed.
    now = std::chrono::floor<std::chrono::seconds>(now);
    IssuedToken issued;
    issued.jti = to_string(Uuid::random());
    issued.expires_at = now + (type == TokenType::access ? access_ttl_ : refresh_ttl_);
    const auto payload = payload_for(user, type, issued, now);

    const Error failed{ErrorCode::internal, "The token could not be signed.", ""};
    const auto header = make_header();
    if (!header || !key_) return failed;
    cjose_err error;
    const JwsPtr jws(cjose_jws_sign(key_.get(),
                                    header.get(),
                                    reinterpret_cast<const std::uint8_t*>(payload.data()),
                                    payload.size(),
                                    &error));
    const char* text = nullptr;
    if (!jws || !cjose_jws_export(jws.get(), &text, &error)) return failed;
    issued.token = text;
    return issued;
}

TokenVerifier::TokenVerifier(std::string_view secret) : key_(make_key(secret)) {}

const _cjose_jwk_int* TokenVerifier::key_for(json_t* header) const {
    cjose_err error;
    const char* named = cjose_header_get(header, CJOSE_HDR_ALG, &error);
    if (!named || std::string_view(named) != algorithm) return nullptr;
    return key_.get();
}

Result<Claims> TokenVerifier::verify(std::string_view token,
                                     TokenType wanted,
                                     Timestamp now) const {
    const auto compact = compact_form(token);
    if (!compact) return invalid("Not a token in compact form.");
    cjose_err error;
    const JwsPtr jws(cjose_jws_import(compact->data(), compact->size(), &error));
    if (!jws) return invalid("The token's header cannot be used.");

    // The header asked here is the very object that the library verifies by.
    auto* header = cjose_jws_get_protected(jws.get());
    // Extensions that must be understood are not (RFC 7515 §4.1.11).
    if (char* critical = cjose_header_get_raw(header, "crit", &error)) {
        cjose_get_dealloc()(critical);
        return invalid("The token needs extensions that are not supported.");
    }
    const auto* key = key_for(header);
    if (!key) return invalid("The token's algorithm is not allowed.");
    if (!cjose_jws_verify(jws.get(), key, &error))
        return invalid("The token's signature is wrong.");

    std::uint8_t* text = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &text, &size, &error))
        return invalid("The token is empty.");
    return read_claims({reinterpret_cast<const char*>(text), size}, wanted, now);
}

}  // namespace rotacast::auth
