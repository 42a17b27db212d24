#include "auth/jwt.hpp"

#include "auth/signing_key_for_tests.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <vector>

namespace rotacast::auth {
namespace {

using namespace std::chrono_literals;
using testing::base64url;

const std::string secret = "a secret for tests, not for anything else";
const Timestamp noon{std::chrono::sys_days{std::chrono::year{2025} / 12 / 30} + 12h};
const std::string noon_seconds = "1767096000";
const std::string id_text = "11111111-1111-4111-8111-111111111111";
const std::string hs256 = R"({"alg":"HS256","typ":"JWT"})";

User somebody() {
    User user;
    user.id = *Uuid::parse(id_text);
    user.username = "so\"me";
    return user;
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view text) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    HMAC(digest,
         key.data(),
         static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         reinterpret_cast<unsigned char*>(out.data()),
         &size);
    out.resize(size);
    return out;
}

// Forges tokens without the library that verifies them.
std::string forged(std::string_view header,
                   std::string_view payload,
                   const EVP_MD* digest = EVP_sha256(),
                   bool padded = false) {
    const auto text = base64url(header, padded) + '.' + base64url(payload, padded);
    return text + '.' + base64url(hmac(digest, secret, text), padded);
}

std::string with_claims(std::string_view more) {
    return forged(hs256, R"({"sub":")" + id_text + "\"" + std::string(more) + "}");
}

std::string verdict(std::string_view token,
                    TokenType wanted = TokenType::access,
                    Timestamp now = noon) {
    static const TokenVerifier verifier(secret);
    const auto claims = verifier.verify(token, wanted, now);
    return claims ? "good" : std::string(info(claims.error().code).name);
}

TEST(Jwt, IssuedTokenVerifies) {
    const TokenIssuer issuer(secret, 15min, std::chrono::days(7));
    const TokenVerifier verifier(secret);
    const auto issued = issuer.issue_access(somebody(), noon + 250ms);
    ASSERT_TRUE(issued);
    const auto claims = verifier.verify(issued->token, TokenType::access, noon);
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->subject, somebody().id);
    EXPECT_EQ(claims->username, "so\"me");
    EXPECT_EQ(claims->jti, issued->jti);
    EXPECT_EQ(claims->expires_at, noon + 15min);
    EXPECT_EQ(issued->expires_at, noon + 15min);
    EXPECT_NE(issuer.issue_access(somebody(), noon)->jti, issued->jti);
}

TEST(Jwt, RefreshAndAccessTokensAreNotInterchangeable) {
    const TokenIssuer issuer(secret, 15min, std::chrono::days(7));
    const auto access = issuer.issue_access(somebody(), noon)->token;
    const auto refresh = issuer.issue_refresh(somebody(), noon)->token;
    EXPECT_EQ(verdict(access, TokenType::access), "good");
    EXPECT_EQ(verdict(access, TokenType::refresh), "token_invalid");
    EXPECT_EQ(verdict(refresh, TokenType::refresh), "good");
    EXPECT_EQ(verdict(refresh, TokenType::access), "token_invalid");
}

TEST(Jwt, OnlyTheConfiguredAlgorithmIsAccepted) {
    const std::string claims = R"({"sub":")" + id_text + R"(","exp":9999999999})";
    EXPECT_EQ(verdict(forged(hs256, claims)), "good");
    EXPECT_EQ(verdict(forged(R"({"typ":"JWT","alg":"HS256"})", claims)), "good");
    EXPECT_EQ(verdict(forged(R"({"alg":"HS256"})", claims)), "good");
    EXPECT_EQ(verdict(forged(R"({"alg":"HS512"})", claims, EVP_sha512())), "token_invalid");
    EXPECT_EQ(verdict(forged(R"({"alg":"HS384"})", claims, EVP_sha384())), "token_invalid");
    EXPECT_EQ(verdict(forged(R"({"alg":"HS256"})", claims, EVP_sha512())), "token_invalid");
    for (const char* header : {R"({"alg":"none"})",
                               R"({"alg":"None"})",
                               R"({"alg":"RS256"})",
                               R"({"alg":"ES256"})",
                               R"({"alg":"hs256"})",
                               R"({"alg":"HS256 "})",
                               R"({"alg":null})",
                               R"({"alg":["HS256"]})",
                               R"({"typ":"JWT"})",
                               "{}",
                               "[]",
                               "\"HS256\"",
                               "x",
                               R"({"alg":"HS256","alg":"none"})",
                               R"({"alg":"HS256","crit":["exp"]})"})
        EXPECT_EQ(verdict(forged(header, claims)), "token_invalid") << header;
    const auto unsigned_text = base64url(R"({"alg":"none"})") + '.' + base64url(claims);
    EXPECT_EQ(verdict(unsigned_text + '.'), "token_invalid");
    EXPECT_EQ(verdict(unsigned_text), "token_invalid");
}

TEST(Jwt, ExpiryHasNoLeewayAndManyForms) {
    for (const char* good : {"1767096001",
                             "1767096000.5",
                             "\"1767096001\"",
                             "\"1767096000.5\"",
                             "1.8e9",
                             "9999999999",
                             "1e300",
                             "18446744073709551615"})
        EXPECT_EQ(verdict(with_claims(std::string(",\"exp\":") + good)), "good") << good;
    for (const char* old : {"1767096000", "1767095999", "0", "\"1767096000\"", "1767095999.9"})
        EXPECT_EQ(verdict(with_claims(std::string(",\"exp\":") + old)), "token_expired") << old;
    for (const char* bad : {"null",
                            "true",
                            "\"\"",
                            "\"soon\"",
                            "\" 9999999999\"",
                            "[]",
                            "{}",
                            "-1",
                            "\"inf\"",
                            "\"nan\"",
                            "\"1767096001x\""})
        EXPECT_EQ(verdict(with_claims(std::string(",\"exp\":") + bad)), "token_invalid") << bad;
    EXPECT_EQ(verdict(with_claims("")), "token_invalid");
    const TokenVerifier verifier(secret);
    EXPECT_EQ(
        verifier.verify(with_claims(",\"exp\":1767096000.5"), TokenType::access, noon)->expires_at,
        noon + 500ms);
}

TEST(Jwt, ExpiredIsReportedOnlyForTokensThatAreOtherwiseValid) {
    auto token = with_claims(",\"exp\":1");
    EXPECT_EQ(verdict(token), "token_expired");
    EXPECT_EQ(verdict(token, TokenType::refresh), "token_invalid");
    token[token.size() - 2] = token[token.size() - 2] == 'A' ? 'B' : 'A';
    EXPECT_EQ(verdict(token), "token_invalid");
    EXPECT_EQ(verdict(with_claims(",\"exp\":1,\"aud\":\"x\"")), "token_invalid");
}

TEST(Jwt, OtherClaims) {
    const std::vector<std::pair<std::string, std::string>> rows{
        {R"("nbf":)" + noon_seconds, "good"},
        {R"("nbf":1767096060)", "good"},
        {R"("nbf":1767096000.25)", "good"},
        {R"("nbf":1767096060.25)", "token_invalid"},
        {R"("nbf":1767096061)", "token_invalid"},
        {R"("nbf":"x")", "token_invalid"},
        {R"("nbf":null)", "token_invalid"},
        {R"("iat":1767096060)", "good"},
        {R"("iat":1767096000.75)", "good"},
        {R"("iat":1767096061)", "token_invalid"},
        {R"("iat":"1767096000")", "good"},
        {R"("iat":true)", "token_invalid"},
        {R"("aud":"rotacast")", "token_invalid"},
        {R"("aud":[])", "token_invalid"},
        {R"("iss":7)", "good"},
        {R"("type":"access")", "good"},
        {R"("type":5)", "good"},
        {R"("type":"refresh")", "token_invalid"},
        {R"("username":null)", "good"},
        {R"("username":"x")", "good"},
        {R"("username":1)", "token_invalid"},
        {R"("jti":"x")", "good"},
        {R"("jti":null)", "good"},
        {R"("jti":1)", "token_invalid"},
        {R"("sub":null)", "token_invalid"},
        {R"("sub":1)", "token_invalid"},
        {R"("sub":"admin")", "token_invalid"},
    };
    for (const auto& [claim, expected] : rows)
        EXPECT_EQ(verdict(with_claims(",\"exp\":9999999999," + claim)), expected) << claim;
    EXPECT_EQ(verdict(forged(hs256, R"({"exp":9999999999})")), "token_invalid");
    for (const char* payload : {"[]", "null", "{", "", "x", "{\"exp\":NaN}"})
        EXPECT_EQ(verdict(forged(hs256, payload)), "token_invalid") << payload;
}

TEST(Jwt, TheLeewayIsForTheBeginningOnlyAndMayBeNone) {
    TokenRules strict;
    strict.leeway = 0s;
    const auto accepts = [](const TokenRules& rules, const std::string& times) {
        const auto token = with_claims(',' + times);
        return TokenVerifier(secret, rules).verify(token, TokenType::access, noon).has_value();
    };
    for (const char* name : {"nbf", "iat"}) {
        const auto at = [&](const char* second) {
            return '"' + std::string(name) + "\":17670960" + second + R"(,"exp":9999999999)";
        };
        EXPECT_TRUE(accepts(strict, at("00")));
        EXPECT_FALSE(accepts(strict, at("01")));
        EXPECT_TRUE(accepts({}, at("20")));
    }
    EXPECT_FALSE(accepts({}, R"("exp":1767096000)")) << "a session does not outlive its token";
    EXPECT_TRUE(accepts({}, R"("exp":1767096000.25)"));
}

TEST(Jwt, PaddingIsToleratedAndNothingElse) {
    const std::string claims = R"({"sub":")" + id_text + R"(","exp":9999999999})";
    const auto good = forged(hs256, claims);
    EXPECT_EQ(verdict(good), "good");
    EXPECT_EQ(verdict(good + '='), "good");
    EXPECT_EQ(verdict(forged(hs256 + " ", claims, EVP_sha256(), true)), "good");
    for (const auto& bad : {good + ' ',
                            ' ' + good,
                            good + '\n',
                            good + "==",
                            good + "A",
                            good + ".",
                            '.' + good,
                            good + "=A",
                            std::string(),
                            std::string(".."),
                            std::string("a.b.c"),
                            good.substr(0, good.rfind('.')),
                            "Bearer " + good,
                            std::string(good).replace(3, 1, "+"),
                            std::string(good).replace(3, 1, std::string(1, '\0'))})
        EXPECT_EQ(verdict(bad), "token_invalid") << bad;
}

TEST(Jwt, LongTokensAreRefused) {
    const std::string claims =
        R"({"sub":")" + id_text + R"(","exp":9999999999,"x":")" + std::string(6200, 'x') + "\"}";
    EXPECT_EQ(verdict(forged(R"({"alg":"HS256"})", claims)), "token_invalid");
}

TEST(Jwt, AnotherSecretDoesNotVerifyAndAnEmptyOneDoesNothing) {
    const auto token = TokenIssuer("another", 1min, 1min).issue_access(somebody(), noon)->token;
    EXPECT_EQ(verdict(token), "token_invalid");
    EXPECT_TRUE(TokenIssuer("", 1min, 1min).issue_access(somebody(), noon).has_error());
    const TokenVerifier empty("");
    EXPECT_TRUE(empty.verify(token, TokenType::access, noon).has_error());
}

}  // namespace
}  // namespace rotacast::auth
