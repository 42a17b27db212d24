#include "base/web_origin.hpp"

#include <gtest/gtest.h>

namespace rotacast {
namespace {

TEST(WebOrigin, IsTakenAsBrowsersSendIt) {
    for (const char* origin : {"https://app.example",
                               "http://localhost:3000",
                               "https://app.example:8443",
                               "http://192.0.2.7",
                               "http://[2001:db8::7]:8080",
                               "https://[::1]",
                               "https://xn--klinik-mnchen-klb.example",
                               "https://a_b.example",
                               "http://app.example:443",
                               "https://app.example:65535",
                               "capacitor://localhost",
                               "chrome-extension://abcdefghijklmnop"}) {
        const auto same = serialized_origin(origin);
        ASSERT_TRUE(same) << origin << ": " << same.error().message;
        EXPECT_EQ(*same, origin);
    }
}

TEST(WebOrigin, LosesThePortThatBrowsersLeaveOut) {
    EXPECT_EQ(serialized_origin("https://app.example:443").value(), "https://app.example");
    EXPECT_EQ(serialized_origin("http://app.example:80").value(), "http://app.example");
    EXPECT_EQ(serialized_origin("http://[::1]:80").value(), "http://[::1]");
    EXPECT_EQ(serialized_origin("https://app.example:80").value(), "https://app.example:80");
    EXPECT_EQ(serialized_origin("capacitor://app:80").value(), "capacitor://app:80");
}

TEST(WebOrigin, OtherTextsAreRefusedWithTheReason) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "no scheme"},
        {"app.example", "no scheme"},
        {"app.example:8443", "no scheme"},
        {"//app.example", "no scheme"},
        {"https:app.example", "no scheme"},
        {"null", "sandboxed"},
        {"*", "each origin"},
        {"https://*.example", "each origin"},
        {"https://app.example/", "slash"},
        {"https://app.example/login", "slash"},
        {"https://app.example?x", "slash"},
        {"https://app.example#x", "slash"},
        {"https://App.example", "lower case"},
        {"HTTPS://app.example", "lower case"},
        {"://app.example", "scheme"},
        {"1http://app.example", "scheme"},
        {"https://", "host"},
        {"https://:8443", "host"},
        {"https://app example", "host"},
        {"https://app.example\r\n", "host"},
        {"https://m\xc3\xbcnchen.example", "host"},
        {"https://[::1", "host"},
        {"https://[]", "host"},
        {"https://[::1]x", "host"},
        {"https://app.example:", "port"},
        {"https://app.example:0", "port"},
        {"https://app.example:0443", "port"},
        {"https://app.example:65536", "port"},
        {"https://app.example:443:443", "port"},
        {"https://app.example:x", "port"},
    };
    for (const auto& [text, reason] : cases) {
        const auto refused = serialized_origin(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::config_invalid) << text;
        EXPECT_NE(refused.error().message.find(reason), std::string::npos)
            << text << ": " << refused.error().message;
        EXPECT_NE(refused.error().message.find("https://app.example"), std::string::npos) << text;
    }
    EXPECT_FALSE(serialized_origin("https://" + std::string(300, 'a')));
}

TEST(WebOrigin, APasswordIsNotRepeated) {
    const auto refused = serialized_origin("https://ada:hopper@app.example");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("hopper"), std::string::npos);
}

}  // namespace
}  // namespace rotacast
