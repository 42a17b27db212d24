#include "auth/key_set.hpp"

#include "auth/signing_key_for_tests.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace rotacast::auth {
namespace {

using testing::key_set_of;
using testing::SigningKey;

const SigningKey& rsa_key() {
    static const auto key = SigningKey::rsa();
    return key;
}

const SigningKey& ec_key() {
    static const auto key = SigningKey::ec();
    return key;
}

/// Why a set with only this key is refused or the key skipped; empty if the key is accepted.
std::string reason_against(const std::string& jwk) {
    const auto set = KeySet::parse(key_set_of(jwk));
    if (!set) return set.error().message;
    return set->skipped().empty() ? "" : set->skipped().front();
}

TEST(KeySet, KeysAreFoundByNameAndAlgorithm) {
    const auto set =
        KeySet::parse(key_set_of(rsa_key().jwk(R"("kid":"r","alg":"RS256","use":"sig")"),
                                 ec_key().jwk(R"("kid":"e","key_ops":["verify"])")));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->size(), 2u);
    EXPECT_TRUE(set->skipped().empty());
    EXPECT_TRUE(set->find(Algorithm::rs256, "r"));
    EXPECT_TRUE(set->find(Algorithm::es256, "e"));
    EXPECT_FALSE(set->find(Algorithm::es256, "r"));
    EXPECT_FALSE(set->find(Algorithm::rs256, ""));
    EXPECT_FALSE(set->find(Algorithm::hs256, "r"));
    EXPECT_TRUE(set->names("r") && set->names("e"));
    EXPECT_FALSE(set->names("x"));
}

TEST(KeySet, AKeyWithoutANameIsFoundWhileItIsTheOnlyOneForItsAlgorithm) {
    const auto one = KeySet::parse(key_set_of(rsa_key().jwk(), ec_key().jwk()));
    ASSERT_TRUE(one);
    EXPECT_TRUE(one->only(Algorithm::rs256));
    EXPECT_TRUE(one->only(Algorithm::es256));
    EXPECT_FALSE(one->only(Algorithm::hs256));
    const auto two = KeySet::parse(key_set_of(ec_key().jwk(), SigningKey::ec().jwk()));
    ASSERT_TRUE(two);
    EXPECT_EQ(two->size(), 2u);
    EXPECT_FALSE(two->only(Algorithm::es256));
}

TEST(KeySet, UseOperationsAndAlgorithmAreRespected) {
    for (const char* good : {R"("use":"sig")",
                             R"("key_ops":["sign","verify"])",
                             R"("alg":"ES256")",
                             R"("x5t":"whatever","more":{"a":1})"})
        EXPECT_EQ(reason_against(ec_key().jwk(good)), "") << good;
    for (const char* bad : {R"("use":"enc")",
                            R"("use":null)",
                            R"("key_ops":["encrypt"])",
                            R"("key_ops":[])",
                            R"("key_ops":"verify")",
                            R"("key_ops":[1])"})
        EXPECT_EQ(reason_against(ec_key().jwk(bad)), "key 1 is not for verifying signatures")
            << bad;
    for (const char* other : {R"("alg":"RS256")",
                              R"("alg":"ES384")",
                              R"("alg":"HS256")",
                              R"("alg":"none")",
                              R"("alg":"es256")",
                              R"("alg":7)"})
        EXPECT_EQ(reason_against(ec_key().jwk(other)),
                  "key 1 is for another algorithm than RS256 and ES256")
            << other;
    EXPECT_NE(reason_against(rsa_key().jwk(R"("alg":"PS256")")), "");
    EXPECT_NE(reason_against(ec_key().jwk(R"("kid":7)")), "");
}

TEST(KeySet, SecretAndPrivateKeysAreRefused) {
    EXPECT_EQ(reason_against(R"({"kty":"oct","k":"c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0"})"),
              "key 1 is symmetric; a JWK Set must have public keys only");
    for (const auto& jwk : {rsa_key().private_jwk(),
                            ec_key().private_jwk(),
                            ec_key().jwk(R"("k":"c2VjcmV0")"),
                            rsa_key().jwk(R"("d":null)")})
        EXPECT_EQ(reason_against(jwk),
                  "key 1 holds private parts; replace it and publish the public parts alone");
}

TEST(KeySet, WeakAndBrokenRsaKeysAreRefused) {
    EXPECT_EQ(reason_against(SigningKey::rsa(1024).jwk()), "key 1 is an RSA key below 2048 bits");
    EXPECT_EQ(reason_against(SigningKey::rsa(2047).jwk()), "key 1 is an RSA key below 2048 bits");
    EXPECT_EQ(reason_against(rsa_key().jwk()), "");
    const auto whole = rsa_key().jwk();
    // AQ is 1, Ag is 2, AA is 0; then 65 bits.
    for (const char* exponent : {"AQ", "Ag", "AA", "", "AQAAAAAAAAAB"})
        EXPECT_EQ(
            reason_against(std::regex_replace(
                whole, std::regex("\"e\":\"AQAB\""), "\"e\":\"" + std::string(exponent) + '"')),
            "key 1 is an RSA key with an exponent that cannot be used")
            << exponent;
    // Leading zeros make a number longer but not stronger.
    const auto padded =
        testing::base64url(std::string(200, '\0') + SigningKey::rsa(1024).modulus());
    EXPECT_EQ(reason_against(R"({"kty":"RSA","e":"AQAB","n":")" + padded + "\"}"),
              "key 1 is an RSA key below 2048 bits");
    const auto huge = testing::base64url(std::string(1025, '\x81'));
    EXPECT_EQ(reason_against(R"({"kty":"RSA","e":"AQAB","n":")" + huge + "\"}"),
              "key 1 is an RSA key above 8192 bits");
    for (const char* broken : {R"({"kty":"RSA"})",
                               R"({"kty":"RSA","n":"AQAB"})",
                               R"({"kty":"RSA","n":7,"e":"AQAB"})",
                               R"({"kty":"RSA","n":"","e":"AQAB"})",
                               R"({"kty":"RSA","n":"!!!!","e":"AQAB"})",
                               R"({"kty":"RSA","n":"AQ=AB","e":"AQAB"})"})
        EXPECT_NE(reason_against(broken), "") << broken;
}

TEST(KeySet, OnlyPointsOnTheCurveAreAccepted) {
    for (const char* curve : {"P-384", "P-521"})
        EXPECT_EQ(reason_against(SigningKey::ec(curve).jwk()),
                  "key 1 is on another curve than P-256");
    // The library would abort the process on invalid base64url.
    for (const char* coordinate : {"=", "A=A", "====", "AA==AA", "AAAAA", "\\u0000"})
        EXPECT_EQ(reason_against(R"({"kty":"EC","crv":"P-256","x":")" + std::string(coordinate) +
                                 R"(","y":"AA"})"),
                  "key 1 is no whole EC key")
            << coordinate;
    const std::string zeros(43, 'A');
    for (const auto& broken :
         {R"({"kty":"EC","crv":"P-256","x":")" + zeros + R"(","y":")" + zeros + "\"}",
          std::string(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"),
          std::string(R"({"kty":"EC","crv":"P-256","x":"AA"})"),
          std::string(R"({"kty":"EC","crv":7})"),
          std::string(R"({"kty":"EC"})")})
        EXPECT_NE(reason_against(broken), "") << broken;
}

TEST(KeySet, UnknownKindsAreSkippedAndTheOthersKept) {
    const auto set = KeySet::parse(key_set_of(R"({"kty":"OKP","crv":"Ed25519","x":"AA"})",
                                              ec_key().jwk(R"("kid":"e")"),
                                              R"({"kty":"QKD"})",
                                              "7",
                                              "{}",
                                              ec_key().jwk(R"("kid":"e")")));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->size(), 1u);
    EXPECT_EQ(
        set->skipped(),
        (std::vector<std::string>{"key 1 is for EdDSA, which is not supported; use ES256 or RS256",
                                  "key 3 is of an unknown type",
                                  "key 4 is no JSON object",
                                  "key 5 has no type `kty`",
                                  "key 6 has the `kid` of one before it"}));
}

TEST(KeySet, DocumentsAreBounded) {
    std::string many = ec_key().jwk();
    for (std::size_t i = 1; i < KeySet::keys_max; ++i) many += ',' + ec_key().jwk();
    EXPECT_EQ(KeySet::parse(key_set_of(many))->size(), KeySet::keys_max);
    EXPECT_FALSE(KeySet::parse(key_set_of(many, ec_key().jwk())));
    auto large = key_set_of(ec_key().jwk());
    large.resize(KeySet::document_bytes_max, ' ');
    EXPECT_TRUE(KeySet::parse(large));
    EXPECT_FALSE(KeySet::parse(large + ' '));
}

TEST(KeySet, OtherDocumentsAreRefused) {
    for (const char* bad : {"", "x", "[]", "{}", "null", R"({"keys":{}})", R"({"keys":null})"}) {
        const auto set = KeySet::parse(bad);
        ASSERT_FALSE(set) << bad;
        EXPECT_EQ(set.error().code, ErrorCode::config_invalid) << bad;
    }
    EXPECT_EQ(KeySet::parse(R"({"keys":[]})")->size(), 0u);
    EXPECT_EQ(KeySet().size(), 0u);
}

}  // namespace
}  // namespace rotacast::auth
