#include "app/options.hpp"

#include "http/sse_session.hpp"

#include <gtest/gtest.h>

namespace rotacast::app {
namespace {

// Numbers take their initializers from the configuration. Choices are words there and enumerators
// in the rooms.
TEST(Options, OfTheDefaultConfigurationAreTheDefaultsOfTheRooms) {
    EXPECT_EQ(websocket_options({})->policy, net::WebSocketOptions().policy);
    EXPECT_EQ(websocket_options({})->policy, http::SseOptions().policy);
    EXPECT_EQ(trusted_proxies({})->headers, http::TrustedProxies().headers);
    EXPECT_EQ(rules_of({}).policy, live::LiveRules::Rules().policy);
    EXPECT_EQ(graphql_rules({}).introspection, execution::Rules().introspection);
    EXPECT_EQ(token_rules({}).algorithms, auth::TokenRules().algorithms);
    EXPECT_EQ(journal_options({}).connection.synchronous, store::ConnectionOptions().synchronous);
}

TEST(Options, OfTrustedProxiesSayWhichBlockIsInvalid) {
    Config config;
    config.trusted_proxies = {"127.0.0.0/8", "10.1.0.7"};
    config.proxy_headers = "x_forwarded";
    const auto good = trusted_proxies(config);
    ASSERT_TRUE(good);
    EXPECT_TRUE(good->addresses.contains(boost::asio::ip::make_address("10.1.0.7")));
    EXPECT_FALSE(good->addresses.contains(boost::asio::ip::make_address("10.1.0.8")));
    EXPECT_EQ(good->headers, http::ProxyHeaders::x_forwarded);
    config.trusted_proxies.emplace_back("10.1.0.7/16");
    const auto bad = trusted_proxies(config);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, ErrorCode::config_invalid);
    EXPECT_TRUE(bad.error().message.starts_with("trusted_proxies: block 3, 10.1.0.7/16 is no"))
        << bad.error().message;
}

TEST(Options, TheSourceOfCloudEventsIsAUriReference) {
    const auto accepts = [](const char* source) {
        config::Webhooks section;
        section.cloudevents_source = source;
        return webhooks_options(section).has_value();
    };
    for (const char* good :
         {"/rotacast", "rotacast", "urn:example:ward-7", "https://x.example/a%20b"})
        EXPECT_TRUE(accepts(good)) << good;
    for (const char* bad : {"", "a b", "/d\xc3\xbcrer", "/a\r\nb", "/100%"})
        EXPECT_FALSE(accepts(bad)) << bad;
}

}  // namespace
}  // namespace rotacast::app
