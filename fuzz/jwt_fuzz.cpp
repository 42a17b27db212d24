// The token verifier with arbitrary text, and the claims parser with arbitrary JSON. The input is
// tried as a whole token, as the payload of a token with a valid signature, and, up to the first
// line feed, as a header.
//
// Holds for every input: no crash; an error is token_invalid or token_expired; a token is accepted
// only if its claims are valid.

#include "auth/jwt.hpp"
#include "auth/jwt_claims.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace rotacast;
using namespace rotacast::auth;

const Timestamp noon{std::chrono::seconds(1'767'096'000)};

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const Result<Claims>& result) {
    if (result) {
        require(result->expires_at > noon);
        require(to_string(result->expires_at).size() == 24);
        return;
    }
    const auto code = result.error().code;
    require(code == ErrorCode::token_invalid || code == ErrorCode::token_expired);
}

std::string base64url(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        bits = ((bits << 8) | static_cast<unsigned char>(c)) & 0xffffU;
        for (count += 8; count >= 6; count -= 6) out += digits[(bits >> (count - 6)) & 63U];
    }
    if (count > 0) out += digits[(bits << (6 - count)) & 63U];
    return out;
}

// The public keys of RFC 7517, appendix A.1, for verification.
constexpr std::string_view keys =
    R"({"keys":[
{"kty":"EC","kid":"1","crv":"P-256",
"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
{"kty":"RSA","kid":"2011-04-29","e":"AQAB",
"n":")"
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc"
    "_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQ"
    "R0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF"
    "TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    R"("}]})";

std::unique_ptr<TokenVerifier> make_verifier() {
    TokenRules rules;
    rules.algorithms = {Algorithm::hs256, Algorithm::rs256, Algorithm::es256};
    auto verifier = std::make_unique<TokenVerifier>("a secret for fuzzing", rules);
    auto set = KeySet::parse(keys);
    require(set && set->size() == 2);
    verifier->replace_keys(std::make_shared<const KeySet>(std::move(*set)));
    return verifier;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto owner = make_verifier();
    const auto& verifier = *owner;
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    check(verifier.verify(text, TokenType::access, noon));
    check(verifier.verify(text, TokenType::refresh, noon));
    check(read_claims(text, TokenType::access, noon));
    check(read_claims(text, TokenType::refresh, noon));
    check(read_claims(text, TokenType::access, noon, {"issuer", "audience"}));

    const auto header = text.substr(0, text.find('\n'));
    // No input can contain a signature by our secret or keys, so the token must be rejected
    // whatever the header says.
    const auto forged = base64url(header) + '.' + base64url(text) + '.' + base64url(header);
    const auto result = verifier.verify(forged, TokenType::access, noon);
    require(!result && result.error().code == ErrorCode::token_invalid);
    return 0;
}
