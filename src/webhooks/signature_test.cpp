#include "webhooks/signature.hpp"

#include <gtest/gtest.h>

#include <array>

namespace rotacast::webhooks {
namespace {

using namespace std::chrono_literals;

const std::string secret = "whsec_0123456789abcdef";
const std::string other_secret = "whsec_fedcba9876543210";
const std::string body = R"({"a":1})";
const Timestamp time{1'700'000'000s};
// Computed with Python's hmac.
const std::string digest = "9f5e37cdc7ea587c7c02062d93283cad000d66a831b2a1676418696db47ed6c2";

std::string signed_by(std::initializer_list<std::string> secrets) {
    return sign(std::vector<std::string>(secrets), time, body);
}

TEST(WebhookSignature, IsTheHmacOfTimeAndBody) {
    EXPECT_EQ(signed_by({secret}), "t=1700000000,v1=" + digest);
    EXPECT_TRUE(verify(signed_by({secret}), body, secret, time));
}

TEST(WebhookSignature, IsValidForOneSecretOneBodyAndOneTime) {
    const auto header = signed_by({secret});
    EXPECT_FALSE(verify(header, R"({"a":2})", secret, time));
    EXPECT_FALSE(verify(header, body, other_secret, time));
    EXPECT_FALSE(verify("t=1700000001,v1=" + digest, body, secret, time));
}

TEST(WebhookSignature, EitherSecretIsValidDuringARotation) {
    const auto header = signed_by({secret, other_secret});
    EXPECT_TRUE(verify(header, body, secret, time));
    EXPECT_TRUE(verify(header, body, other_secret, time));
    EXPECT_FALSE(verify(header, body, "a third one, unknown", time));
}

TEST(WebhookSignature, TimesOutsideTheToleranceAreRefused) {
    const auto header = signed_by({secret});
    EXPECT_TRUE(verify(header, body, secret, time + 5min));
    EXPECT_TRUE(verify(header, body, secret, time - 5min));
    EXPECT_FALSE(verify(header, body, secret, time + 5min + 1s));
    EXPECT_FALSE(verify(header, body, secret, time - 5min - 1s));
    EXPECT_TRUE(verify(header, body, secret, time + 1h, 2h));
}

// Computed with Python's hmac: the first with the decoded key, the second with the text as key.
TEST(WebhookSignature, OfStandardWebhooksIsTheHmacOfIdTimeAndBody) {
    const std::vector<std::string> secrets{"whsec_MDEyMzQ1Njc4OWFiY2RlZg==", "a secret of mine"};
    EXPECT_EQ(standard_sign(secrets, "7c3f", time, body),
              "v1,usB17cTYmlvwFtWT0CwMp2XnaYZ/v2/JhS/BJZq/7dE= "
              "v1,kPht4EeggSqi2WDafot5zapYHkX+Pl2xaZdVmicKzRE=");
    EXPECT_EQ(standard_sign(std::span(secrets).first(1), "7c3f", time, body),
              "v1,usB17cTYmlvwFtWT0CwMp2XnaYZ/v2/JhS/BJZq/7dE=");
}

TEST(WebhookSignature, OtherTextsAreInvalid) {
    for (const auto& header : {std::string(),
                               std::string("t=1700000000"),
                               std::string("t=1700000000,v1="),
                               "t=,v1=" + digest,
                               "t=17e8,v1=" + digest,
                               "t=99999999999999999999,v1=" + digest,
                               "v1=" + digest,
                               "v1=" + digest + ",t=1700000000",
                               "t=1700000000,v0=" + digest,
                               "t=1700000000,v1=" + digest + "0"})
        EXPECT_FALSE(verify(header, body, secret, time)) << header;
}

}  // namespace
}  // namespace rotacast::webhooks
