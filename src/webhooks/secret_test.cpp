#include "webhooks/secret.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rotacast::webhooks {
namespace {

std::string base64(std::string_view text) {
    return encode_base64(std::vector<std::uint8_t>(text.begin(), text.end()));
}

// RFC 4648 §10, and the two digits that differ from base64url.
TEST(WebhookSecret, Base64HasPadding) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foob"), "Zm9vYg==");
    EXPECT_EQ(base64("\xfb\xff\xbf"), "+/+/");
}

TEST(WebhookSecret, OfTheStandardFormMeansTheBytesBehindThePrefix) {
    EXPECT_EQ(standard_key_of("whsec_Zm9vYg=="), "foob");
    EXPECT_EQ(standard_key_of("whsec_+/+/"), "\xfb\xff\xbf");
}

TEST(WebhookSecret, AnyOtherTextMeansItself) {
    for (const char* text : {"a secret of mine",
                             "Zm9vYg==",
                             "WHSEC_Zm9v",
                             "whsec_",
                             "whsec_Zm9vYg",
                             "whsec_Zm9vYg=",
                             "whsec_Zm9v!g==",
                             "whsec_-_-_",
                             "whsec_Zg==Zg==",
                             "whsec_Zm9v ",
                             "whsec_===="})
        EXPECT_EQ(standard_key_of(text), text);
}

TEST(WebhookSecret, ARandomOneHasTheStandardForm) {
    const auto one = random_secret().value();
    EXPECT_EQ(one.size(), 50u);
    EXPECT_EQ(standard_key_of(one).size(), 32u);
    EXPECT_NE(one, random_secret().value());
}

}  // namespace
}  // namespace rotacast::webhooks
