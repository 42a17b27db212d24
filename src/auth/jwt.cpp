#include "auth/jwt.hpp"

#include "auth/jwt_claims.hpp"
#include "base/json_text.hpp"

#include <cjose/cjose.h>

#include <algorithm>

namespace rotacast::auth {
namespace {

struct HeaderRelease {
    void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
using HeaderPtr = std::unique_ptr<cjose_header_t, HeaderRelease>;

SharedJwk make_key(std::string_view secret) {
    cjose_err error;
    return JwkPtr(cjose_jwk_create_oct_spec(
        reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size(), &error));
}

// Compares two secrets.
bool is_same(const SharedJwk& a, const SharedJwk& b) {
    if (!a || !b) return a == b;
    cjose_err error;
    const auto bits = cjose_jwk_get_keysize(a.get(), &error);
    if (bits != cjose_jwk_get_keysize(b.get(), &error)) return false;
    const auto* left = static_cast<const char*>(cjose_jwk_get_keydata(a.get(), &error));
    return std::equal(
        left, left + bits / 8, static_cast<const char*>(cjose_jwk_get_keydata(b.get(), &error)));
}

std::int64_t seconds_of(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void append_party(std::string& out, std::string_view claim, std::string_view party) {
    if (party.empty()) return;
    out += ",\"";
    out += claim;
    out += "\":";
    append_json_string(out, party);
}

std::string payload_for(const User& user,
                        TokenType type,
                        const IssuedToken& token,
                        const TokenParties& parties,
                        Timestamp now) {
    std::string out = R"({"sub":")";
    append_uuid(out, user.id);
    out += R"(","username":)";
    append_json_string(out, user.username);
    out += R"(,"exp":)";
    append_json_integer(out, seconds_of(token.expires_at));
    out += R"(,"jti":")" + token.jti + R"(","iat":)";
    append_json_integer(out, seconds_of(now));
    append_party(out, "iss", parties.issuer);
    append_party(out, "aud", parties.audience);
    if (type == TokenType::refresh) out += R"(,"type":"refresh")";
    out += '}';
    return out;
}

HeaderPtr make_header() {
    cjose_err error;
    HeaderPtr header(cjose_header_new(&error));
    if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, "HS256", &error) ||
        !cjose_header_set(header.get(), "typ", "JWT", &error))
        return nullptr;
    return header;
}

}  // namespace

std::string_view to_string(TokenType type) {
    return type == TokenType::refresh ? "refresh" : "access";
}

TokenIssuer::TokenIssuer(std::string_view secret,
                         std::chrono::seconds access_ttl,
                         std::chrono::seconds refresh_ttl,
                         TokenParties parties)
    : key_(make_key(secret)),
      access_ttl_(access_ttl),
      refresh_ttl_(refresh_ttl),
      parties_(std::move(parties)) {}

Result<IssuedToken> TokenIssuer::issue_access(const User& user, Timestamp now) const {
    return issue(user, TokenType::access, now);
}

Result<IssuedToken> TokenIssuer::issue_refresh(const User& user, Timestamp now) const {
    return issue(user, TokenType::refresh, now);
}

void TokenIssuer::replace_secret(std::string_view secret) {
    auto key = make_key(secret);
    const std::lock_guard lock(mutex_);
    key_.swap(key);
}

SharedJwk TokenIssuer::key() const {
    const std::lock_guard lock(mutex_);
    return key_;
}

Result<IssuedToken> TokenIssuer::issue(const User& user, TokenType type, Timestamp now) const {
    // `exp` and `iat` are whole seconds, and the returned times must be the signed ones.
    now = std::chrono::floor<std::chrono::seconds>(now);
    if (user.tokens_from) now = std::max(now, *user.tokens_from);
    IssuedToken issued;
    issued.jti = to_string(Uuid::random());
    issued.expires_at = now + (type == TokenType::access ? access_ttl_ : refresh_ttl_);
    const auto payload = payload_for(user, type, issued, parties_, now);

    const Error failed{ErrorCode::internal, "The token could not be signed.", ""};
    const auto header = make_header();
    const auto by = key();
    if (!header || !by) return failed;
    cjose_err error;
    const JwsPtr jws(cjose_jws_sign(by.get(),
                                    header.get(),
                                    reinterpret_cast<const std::uint8_t*>(payload.data()),
                                    payload.size(),
                                    &error));
    const char* text = nullptr;
    if (!jws || !cjose_jws_export(jws.get(), &text, &error)) return failed;
    issued.token = text;
    return issued;
}

TokenVerifier::TokenVerifier(std::string_view secret, const TokenRules& rules)
    : parties_(rules.parties), leeway_(rules.leeway), keys_(std::make_shared<const KeySet>()) {
    for (const auto algorithm : rules.algorithms)
        allowed_.at(static_cast<std::size_t>(algorithm)) = true;
    secrets_.current = make_key(secret);
}

Result<Claims> TokenVerifier::verify(std::string_view token,
                                     TokenType wanted,
                                     Timestamp now) const {
    auto jws = Jws::read(token);
    if (!jws) return jws.error();
    if (!allows(jws->algorithm())) return invalid_token("The token's algorithm is not allowed.");
    const auto checked =
        jws->algorithm() == Algorithm::hs256 ? check_by_secret(*jws, now) : check_by_key(*jws);
    if (!checked) return checked.error();
    return read_claims(jws->payload(), wanted, now, parties_, leeway_);
}

bool TokenVerifier::allows(Algorithm algorithm) const {
    return allowed_.at(static_cast<std::size_t>(algorithm));
}

Result<void> TokenVerifier::check_by_secret(Jws& jws, Timestamp now) const {
    const auto known = secrets();
    if (known.current && jws.is_signed_by(*known.current)) return {};
    if (known.former && now < known.overlap_end && jws.is_signed_by(*known.former)) return {};
    return invalid_token("The token's signature is wrong.");
}

Result<void> TokenVerifier::check_by_key(Jws& jws) const {
    const auto set = keys();
    const auto& id = jws.key_id();
    const auto* found = id ? set->find(jws.algorithm(), *id) : set->only(jws.algorithm());
    if (!found) {
        if (!id) return invalid_token("The token does not say which key it is signed by.");
        if (set->names(*id)) return invalid_token("The token's key is for another algorithm.");
        if (on_unknown_key_) on_unknown_key_();
        return invalid_token("The token's key is not known.");
    }
    if (!jws.is_signed_by(*found->key)) return invalid_token("The token's signature is wrong.");
    return {};
}

bool TokenVerifier::replace_secret(std::string_view secret, Timestamp overlap_end) {
    Secrets next;
    next.current = make_key(secret);
    next.overlap_end = overlap_end;
    const std::lock_guard lock(mutex_);
    if (is_same(next.current, secrets_.current)) return false;
    next.former = std::move(secrets_.current);
    secrets_ = std::move(next);
    return true;
}

void TokenVerifier::replace_keys(std::shared_ptr<const KeySet> keys) {
    const std::lock_guard lock(mutex_);
    keys_.swap(keys);  // the old set is destroyed with the parameter, after unlocking
}

std::shared_ptr<const KeySet> TokenVerifier::keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

TokenVerifier::Secrets TokenVerifier::secrets() const {
    const std::lock_guard lock(mutex_);
    return secrets_;
}

void TokenVerifier::on_unknown_key(std::function<void()> signal) {
    on_unknown_key_ = std::move(signal);
}

}  // namespace rotacast::auth
