// Tokens of other issuers, and keys and secrets that are replaced while tokens are verified.

#include "auth/jwt.hpp"
#include "auth/signing_key_for_tests.hpp"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <atomic>
#include <thread>

namespace rotacast::auth {
namespace {

using namespace std::chrono_literals;
using testing::base64url;
using testing::key_set_of;
using testing::SigningKey;

const std::string secret = "a secret for tests, not for anything else";
const Timestamp noon{std::chrono::sys_days{std::chrono::year{2025} / 12 / 30} + 12h};
const std::string subject = R"("sub":"11111111-1111-4111-8111-111111111111")";
const std::string claims = "{" + subject + R"(,"exp":9999999999})";

std::string with_claims(const std::string& more) {
    return "{" + subject + R"(,"exp":9999999999,)" + more + "}";
}

User somebody() {
    User user;
    user.id = *Uuid::parse("11111111-1111-4111-8111-111111111111");
    return user;
}

TokenRules rules_of(std::vector<Algorithm> algorithms, TokenParties parties = {}) {
    TokenRules rules;
    rules.algorithms = std::move(algorithms);
    rules.parties = std::move(parties);
    return rules;
}

std::shared_ptr<const KeySet> keys_of(const std::string& document) {
    return std::make_shared<const KeySet>(KeySet::parse(document).value());
}

/// "good", or the message of the refusal.
std::string verdict(const TokenVerifier& verifier,
                    std::string_view token,
                    Timestamp now = noon,
                    TokenType wanted = TokenType::access) {
    const auto result = verifier.verify(token, wanted, now);
    if (result) return "good";
    EXPECT_EQ(result.error().code, ErrorCode::token_invalid);
    return result.error().message;
}

constexpr const char* wrong_signature = "The token's signature is wrong.";
constexpr const char* not_allowed = "The token's algorithm is not allowed.";
constexpr const char* unknown_key = "The token's key is not known.";
constexpr const char* other_algorithm = "The token's key is for another algorithm.";

/// A token signed as HS256 with `key` as the secret.
std::string hs256_token(const std::string& header, std::string_view key) {
    const auto text = base64url(header) + '.' + base64url(claims);
    std::string mac(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    HMAC(EVP_sha256(),
         key.data(),
         static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         reinterpret_cast<unsigned char*>(mac.data()),
         &size);
    mac.resize(size);
    return text + '.' + base64url(mac);
}

class TokenVerifierTest : public ::testing::Test {
  protected:
    TokenVerifierTest() {
        verifier.replace_keys(
            keys_of(key_set_of(rsa().jwk(R"("kid":"r")"), ec().jwk(R"("kid":"e")"))));
        verifier.on_unknown_key([this] { ++unknown_keys; });
    }

    static const SigningKey& rsa() {
        static const auto key = SigningKey::rsa();
        return key;
    }
    static const SigningKey& ec() {
        static const auto key = SigningKey::ec();
        return key;
    }

    TokenVerifier verifier{secret,
                           rules_of({Algorithm::hs256, Algorithm::rs256, Algorithm::es256})};
    int unknown_keys = 0;
};

TEST_F(TokenVerifierTest, AcceptsTokensSignedWithItsKeys) {
    EXPECT_EQ(verdict(verifier, rsa().token(R"({"alg":"RS256","kid":"r"})", claims)), "good");
    EXPECT_EQ(verdict(verifier, ec().token(R"({"alg":"ES256","kid":"e"})", claims)), "good");
    EXPECT_EQ(verdict(verifier, rsa().token(R"({"alg":"RS256"})", claims)), "good");
    EXPECT_EQ(verdict(verifier, ec().token(R"({"alg":"ES256"})", claims)), "good");
    EXPECT_EQ(verdict(verifier, hs256_token(R"({"alg":"HS256","kid":"r"})", secret)), "good");
    EXPECT_EQ(unknown_keys, 0);
}

TEST_F(TokenVerifierTest, RefusesTokensSignedWithAnotherKey) {
    const auto another_rsa = SigningKey::rsa();
    const auto another_ec = SigningKey::ec();
    EXPECT_EQ(verdict(verifier, another_rsa.token(R"({"alg":"RS256","kid":"r"})", claims)),
              wrong_signature);
    EXPECT_EQ(verdict(verifier, another_ec.token(R"({"alg":"ES256","kid":"e"})", claims)),
              wrong_signature);
    auto changed = rsa().token(R"({"alg":"RS256","kid":"r"})", claims);
    changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
    EXPECT_NE(verdict(verifier, changed), "good");
    EXPECT_EQ(unknown_keys, 0);
}

TEST_F(TokenVerifierTest, AnEllipticSignatureHas64Octets) {
    const auto good = ec().token(R"({"alg":"ES256","kid":"e"})", claims);
    const auto dot = good.rfind('.') + 1;
    EXPECT_EQ(good.size() - dot, 86u);
    // The library would ignore an odd octet; a signature of ES512's length has zeros in the middle.
    EXPECT_EQ(verdict(verifier, good + "A"), wrong_signature);
    EXPECT_EQ(verdict(verifier, good.substr(0, dot) + "AAAA"), wrong_signature);
    EXPECT_EQ(verdict(verifier, good.substr(0, dot) + std::string(86, 'A')), wrong_signature);
}

TEST_F(TokenVerifierTest, TheKeyDeterminesTheAlgorithm) {
    EXPECT_EQ(verdict(verifier, rsa().token(R"({"alg":"RS256","kid":"e"})", claims)),
              other_algorithm);
    EXPECT_EQ(verdict(verifier, ec().token(R"({"alg":"ES256","kid":"r"})", claims)),
              other_algorithm);
    for (const char* other : {"RS384", "RS512", "PS256", "PS512"})
        EXPECT_EQ(
            verdict(verifier,
                    rsa().token(R"({"kid":"r","alg":")" + std::string(other) + "\"}", claims)),
            not_allowed)
            << other;
    EXPECT_EQ(verdict(verifier, ec().token(R"({"alg":"ES384","kid":"e"})", claims)), not_allowed);
    EXPECT_EQ(unknown_keys, 0);
}

TEST_F(TokenVerifierTest, APublicKeyIsNotAcceptedAsASecret) {
    for (const auto& guess :
         {rsa().pem(), rsa().der(), rsa().modulus(), rsa().jwk(), ec().pem(), std::string()})
        for (const char* header :
             {R"({"alg":"HS256","kid":"r"})", R"({"alg":"HS256","kid":"e"})", R"({"alg":"HS256"})"})
            EXPECT_EQ(verdict(verifier, hs256_token(header, guess)), wrong_signature) << header;
    for (const char* header : {R"({"alg":"RS256","kid":"r"})", R"({"alg":"ES256","kid":"e"})"})
        EXPECT_EQ(verdict(verifier, hs256_token(header, secret)), wrong_signature) << header;

    TokenVerifier without_secret("", rules_of({Algorithm::hs256, Algorithm::rs256}));
    without_secret.replace_keys(keys_of(key_set_of(rsa().jwk())));
    EXPECT_EQ(verdict(without_secret, hs256_token(R"({"alg":"HS256"})", rsa().pem())),
              wrong_signature);
    EXPECT_EQ(verdict(without_secret, hs256_token(R"({"alg":"HS256"})", "")), wrong_signature);
    EXPECT_EQ(verdict(without_secret, rsa().token(R"({"alg":"RS256"})", claims)), "good");
}

TEST_F(TokenVerifierTest, NoneIsNotAnAlgorithm) {
    for (const char* header : {R"({"alg":"none"})", R"({"alg":"none","kid":"r"})"}) {
        const auto text = base64url(header) + '.' + base64url(claims) + '.';
        EXPECT_NE(verdict(verifier, text), "good");
        EXPECT_EQ(verdict(verifier, text + "AAAA"), not_allowed);
    }
}

TEST_F(TokenVerifierTest, OnlyAllowedAlgorithmsAreAccepted) {
    TokenVerifier es256("", rules_of({Algorithm::es256}));
    es256.replace_keys(verifier.keys());
    EXPECT_EQ(verdict(es256, rsa().token(R"({"alg":"RS256","kid":"r"})", claims)), not_allowed);
    EXPECT_EQ(verdict(es256, hs256_token(R"({"alg":"HS256"})", secret)), not_allowed);
    EXPECT_EQ(verdict(es256, ec().token(R"({"alg":"ES256","kid":"e"})", claims)), "good");
    TokenVerifier by_default(secret);
    by_default.replace_keys(verifier.keys());
    by_default.on_unknown_key([this] { ++unknown_keys; });
    EXPECT_EQ(verdict(by_default, rsa().token(R"({"alg":"RS256","kid":"x"})", claims)),
              not_allowed);
    EXPECT_EQ(unknown_keys, 0);
}

TEST_F(TokenVerifierTest, SignalsWhenATokenNamesAnUnknownKey) {
    EXPECT_EQ(verdict(verifier, rsa().token(R"({"alg":"RS256","kid":"new"})", claims)),
              unknown_key);
    EXPECT_EQ(verdict(verifier, ec().token(R"({"alg":"ES256","kid":""})", claims)), unknown_key);
    EXPECT_EQ(unknown_keys, 2);
    for (const char* header : {R"({"alg":"RS256","kid":7})", R"({"alg":"RS256","kid":null})"})
        EXPECT_EQ(verdict(verifier, hs256_token(header, secret)), "The token's `kid` is not text.");
    EXPECT_EQ(unknown_keys, 2);
    for (const char* critical : {"[\"exp\"]", "[]", "\"exp\"", "7", "null"})
        EXPECT_EQ(
            verdict(verifier,
                    hs256_token(R"({"alg":"HS256","crit":)" + std::string(critical) + "}", secret)),
            "The token needs extensions that are not supported.")
            << critical;
    const TokenVerifier without_keys("", rules_of({Algorithm::rs256}));
    EXPECT_EQ(verdict(without_keys, rsa().token(R"({"alg":"RS256"})", claims)),
              "The token does not say which key it is signed by.");
}

TEST_F(TokenVerifierTest, KeysRotateWithAnOverlap) {
    const auto next = SigningKey::ec();
    const auto old_token = ec().token(R"({"alg":"ES256","kid":"e"})", claims);
    const auto new_token = next.token(R"({"alg":"ES256","kid":"f"})", claims);
    const auto nameless = ec().token(R"({"alg":"ES256"})", claims);
    const auto old_key = ec().jwk(R"("kid":"e")");
    const auto new_key = next.jwk(R"("kid":"f")");

    EXPECT_EQ(verdict(verifier, new_token), unknown_key);
    verifier.replace_keys(keys_of(key_set_of(old_key, new_key)));
    EXPECT_EQ(verdict(verifier, old_token), "good");
    EXPECT_EQ(verdict(verifier, new_token), "good");
    EXPECT_NE(verdict(verifier, nameless), "good");
    verifier.replace_keys(keys_of(key_set_of(new_key)));
    EXPECT_EQ(verdict(verifier, old_token), unknown_key);
    EXPECT_EQ(verdict(verifier, new_token), "good");
    EXPECT_EQ(verdict(verifier, nameless), wrong_signature);
}

TEST_F(TokenVerifierTest, RequiresIssuerAndAudienceWhenTheyAreSet) {
    TokenVerifier strict(secret, rules_of({Algorithm::rs256}, {"https://id", "rota"}));
    strict.replace_keys(verifier.keys());
    const auto of = [&](const std::string& more) {
        return verdict(strict, rsa().token(R"({"alg":"RS256","kid":"r"})", with_claims(more)));
    };
    constexpr const char* other_issuer = "The token was made by another issuer.";
    constexpr const char* other_audience = "The token is meant for another audience.";
    EXPECT_EQ(of(R"("iss":"https://id","aud":"rota")"), "good");
    EXPECT_EQ(of(R"("iss":"https://id","aud":["x","rota"])"), "good");
    EXPECT_EQ(of(R"("iss":"https://id/","aud":"rota")"), other_issuer);
    EXPECT_EQ(of(R"("iss":["https://id"],"aud":"rota")"), other_issuer);
    EXPECT_EQ(of(R"("aud":"rota")"), other_issuer);
    for (const char* wrong : {R"("aud":"rota2")",
                              R"("aud":["x"])",
                              R"("aud":[])",
                              R"("aud":7)",
                              R"("aud":{"rota":1})",
                              R"("aud":[["rota"]])",
                              R"("aud":null)",
                              R"("x":1)"})
        EXPECT_EQ(of(R"("iss":"https://id",)" + std::string(wrong)), other_audience) << wrong;
}

TEST_F(TokenVerifierTest, AcceptsTokensOfAnIssuerWithTheSameParties) {
    const TokenParties parties{"https://\"id\"", "rota"};
    const TokenIssuer issuer(secret, 1min, 1min, parties);
    const TokenVerifier strict(secret, rules_of({Algorithm::hs256}, parties));
    const auto token = issuer.issue_access(somebody(), noon)->token;
    EXPECT_EQ(verdict(strict, token), "good");
    EXPECT_NE(verdict(verifier, token), "good");
}

TEST_F(TokenVerifierTest, AFormerSecretIsValidUntilTheOverlapEnds) {
    TokenIssuer issuer(secret, 1h, 1h);
    const auto first = issuer.issue_access(somebody(), noon)->token;
    verifier.replace_secret("second", noon + 10min);
    issuer.replace_secret("second");
    const auto second = issuer.issue_access(somebody(), noon)->token;
    EXPECT_EQ(verdict(verifier, first, noon + 9min), "good");
    EXPECT_EQ(verdict(verifier, second, noon + 9min), "good");
    EXPECT_EQ(verdict(verifier, first, noon + 10min), wrong_signature);
    EXPECT_EQ(verdict(verifier, second, noon + 10min), "good");
}

TEST_F(TokenVerifierTest, TheSameSecretAgainChangesNothing) {
    const auto first = TokenIssuer(secret, 1h, 1h).issue_access(somebody(), noon)->token;
    EXPECT_TRUE(verifier.replace_secret("second", noon + 10min));
    EXPECT_FALSE(verifier.replace_secret("second", noon + 20min));
    EXPECT_EQ(verdict(verifier, first, noon + 9min), "good");
    EXPECT_EQ(verdict(verifier, first, noon + 11min), wrong_signature);
}

TEST_F(TokenVerifierTest, AtMostTwoSecretsAreKept) {
    const auto first = TokenIssuer(secret, 1h, 1h).issue_access(somebody(), noon)->token;
    const auto second = TokenIssuer("second", 1h, 1h).issue_access(somebody(), noon)->token;
    verifier.replace_secret("second", noon + 10min);
    verifier.replace_secret("third", noon + 10min);
    EXPECT_EQ(verdict(verifier, first), wrong_signature);
    EXPECT_EQ(verdict(verifier, second), "good");
    verifier.replace_secret("", noon + 10min);
    EXPECT_EQ(verdict(verifier, second), wrong_signature);
}

TEST_F(TokenVerifierTest, VerifiesOnAllThreadsWhileKeysAndSecretsAreReplaced) {
    const auto next = SigningKey::ec();
    const auto old_key = ec().jwk(R"("kid":"e")");
    const auto both = keys_of(key_set_of(old_key, next.jwk(R"("kid":"f")")));
    const auto one = keys_of(key_set_of(old_key));
    const auto by_key = ec().token(R"({"alg":"ES256","kid":"e"})", claims);
    TokenIssuer issuer(secret, 1h, 1h);
    std::atomic<bool> done = false;
    std::atomic<int> taken = 0;
    std::atomic<int> refused = 0;

    const auto verify_on = [&] {
        while (!done) {
            const auto own = issuer.issue_access(somebody(), noon)->token;
            for (const auto& token : {by_key, own})
                ++(verifier.verify(token, TokenType::access, noon) ? taken : refused);
        }
    };
    std::thread one_reader(verify_on);
    std::thread other_reader(verify_on);
    for (int i = 0; taken + refused < 100; ++i) verifier.replace_keys(i % 2 == 0 ? both : one);
    // Replaced only once, because a token may wait for its verification longer than two
    // replacements take.
    verifier.replace_secret("second", noon + 10min);
    issuer.replace_secret("second");
    for (int i = 0; taken + refused < 200; ++i) verifier.replace_keys(i % 2 == 0 ? both : one);
    done = true;
    one_reader.join();
    other_reader.join();
    EXPECT_EQ(refused, 0);
}

TEST(Algorithms, AreReadFromTheConfiguration) {
    const auto all = parse_algorithms({"HS256", "RS256", "ES256"});
    ASSERT_TRUE(all);
    EXPECT_EQ(*all, (std::vector<Algorithm>{Algorithm::hs256, Algorithm::rs256, Algorithm::es256}));
    for (const char* bad : {"none", "hs256", "HS512", "EdDSA", ""}) {
        const auto refused = parse_algorithms({"HS256", bad});
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, ErrorCode::config_invalid);
    }
    EXPECT_FALSE(parse_algorithms({}));
}

}  // namespace
}  // namespace rotacast::auth
