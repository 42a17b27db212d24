#include "redis/url.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

Url parsed(const std::string& text) {
    auto url = parse_url(text);
    if (!url) throw std::runtime_error(url.error().message);
    return *url;
}

std::string complaint(const std::string& text) {
    const auto url = parse_url(text);
    if (url) return "";
    EXPECT_EQ(url.error().path, "redis.url");
    EXPECT_EQ(url.error().code, ErrorCode::config_invalid);
    return url.error().message;
}

TEST(RedisUrl, NamesAServer) {
    const auto plain = parsed("redis://redis.example");
    EXPECT_FALSE(plain.tls);
    EXPECT_EQ(plain.addresses, (std::vector<Address>{{"redis.example", 6379}}));
    EXPECT_EQ(plain.primary_name, "");
    EXPECT_TRUE(plain.credentials.empty());
    EXPECT_EQ(plain.database, 0u);
    const auto full = parsed("rediss://rota:geheim@10.0.0.1:7000/3");
    EXPECT_TRUE(full.tls);
    EXPECT_EQ(full.addresses, (std::vector<Address>{{"10.0.0.1", 7000}}));
    EXPECT_EQ(full.credentials, (Credentials{"rota", "geheim"}));
    EXPECT_EQ(full.database, 3u);
    EXPECT_EQ(full.shown, "rediss://10.0.0.1:7000/3");
    EXPECT_EQ(parsed("redis://h/").database, 0u);
    EXPECT_EQ(parsed("redis://h/3/").database, 3u);
}

TEST(RedisUrl, UserOrPasswordMayBeMissing) {
    EXPECT_EQ(parsed("redis://:geheim@h").credentials, (Credentials{"", "geheim"}));
    EXPECT_EQ(parsed("redis://rota@h").credentials, (Credentials{"rota", ""}));
    EXPECT_TRUE(parsed("redis://@h").credentials.empty());
}

TEST(RedisUrl, UserAndPasswordArePercentEncoded) {
    EXPECT_EQ(parsed("redis://r%C3%B6ta:p%40%2F%3A%23%25%20@h").credentials,
              (Credentials{"r\xC3\xB6ta", "p@/:#% "}));
}

TEST(RedisUrl, TakesIpv6InBrackets) {
    const auto url = parsed("redis://[::1]:7000/1");
    EXPECT_EQ(url.addresses, (std::vector<Address>{{"::1", 7000}}));
    EXPECT_EQ(url.shown, "redis://[::1]:7000/1");
    EXPECT_EQ(parsed("redis+sentinel://[::1],[fe80::2]:5/m").addresses,
              (std::vector<Address>{{"::1", 26379}, {"fe80::2", 5}}));
}

TEST(RedisUrl, NamesSentinels) {
    const auto url = parsed("redis+sentinel://rota:geheim@a:1,b,10.0.0.3:3/my%20primary/2");
    EXPECT_FALSE(url.tls);
    EXPECT_EQ(url.addresses, (std::vector<Address>{{"a", 1}, {"b", 26379}, {"10.0.0.3", 3}}));
    EXPECT_EQ(url.primary_name, "my primary");
    EXPECT_EQ(url.credentials, (Credentials{"rota", "geheim"}));
    EXPECT_EQ(url.database, 2u);
    EXPECT_EQ(url.shown, "redis+sentinel://a:1,b:26379,10.0.0.3:3/my primary/2");
    EXPECT_TRUE(parsed("rediss+sentinel://a/m").tls);
}

TEST(RedisUrl, OtherTextsAreRefusedWithAdvice) {
    const auto says = [](const std::string& text, std::string_view part) {
        const auto message = complaint(text);
        EXPECT_NE(message.find(part), std::string::npos) << text << ": " << message;
    };
    for (const auto* text : {"", "h:6379", "http://h", "redis:h", "REDIS://h", "unix:///x", "://"})
        says(text, "must be redis://");
    says("redis://", "must be HOST or HOST:PORT");
    says("redis://:6379", "must be HOST or HOST:PORT");
    says("redis://::1", "in brackets");
    says("redis://h:0", "1 to 65535");
    says("redis://h:65536", "1 to 65535");
    says("redis://h:port", "must be HOST or HOST:PORT");
    says("redis://h/x", "number of a database");
    says("redis://h/-1", "number of a database");
    says("redis://h/1/2", "number of a database");
    says("redis://h/99999999999", "number of a database");
    says("redis://h?db=1", "behind ? or #");
    says("redis://a,b", "redis+sentinel://");
    says("redis+sentinel://a", "must name the primary");
    says("redis+sentinel://a/", "must name the primary");
    says("redis+sentinel://a,/m", "comma");
    says("redis+sentinel://a,,b/m", "host 2 of redis.url");
    says("redis+sentinel://a/m/x", "number of a database");
    std::string many = "redis+sentinel://a";
    for (int i = 0; i < 16; ++i) many += ",a";
    says(many + "/m", "more than 16");
}

TEST(RedisUrl, NoComplaintRepeatsThePassword) {
    for (const auto* text : {"redis://u:geheim@",
                             "redis://u:geheim@h:x",
                             "redis://u:ge/heim@h",
                             "redis://u:geheim%zz@h",
                             "redis://u:geheim#@h",
                             "redis://u:geheim?@h",
                             "http://u:geheim@h",
                             "redis://u:geheim@h/x",
                             "redis://u:geheim@a,b",
                             "redis://u:ge@heim@h",
                             "redis+sentinel://u:geheim@h",
                             "u:geheim@h"}) {
        const auto message = complaint(text);
        EXPECT_NE(message, "") << text;
        EXPECT_EQ(message.find("heim"), std::string::npos) << message;
    }
    EXPECT_NE(complaint("redis://u:ge/heim@h").find("percent-encoded"), std::string::npos);
    EXPECT_NE(complaint("redis://u:geheim%zz@h").find("percent-encoded"), std::string::npos);
}

}  // namespace
}  // namespace rotacast::redis
