#include "config/redis.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include <cstdlib>

namespace rotacast::config {
namespace {

/// The message, or nothing.
std::string complaint(const Redis& redis) {
    const auto wrong = check(redis);
    return wrong ? wrong->message : "";
}

Redis with_url() {
    Redis redis;
    redis.url = "redis://127.0.0.1";
    return redis;
}

TEST(RedisSection, IsRightByDefaultAndWithAUrl) {
    EXPECT_EQ(complaint({}), "");
    EXPECT_EQ(complaint(with_url()), "");
}

TEST(RedisSection, HasTheNamesThatAreUsedOutside) {
    std::vector<std::string> names;
    reflect::for_each_member<Redis>([&](const auto& m) { names.emplace_back(m.name); });
    for (const auto* name : {"url", "password_file", "prefix", "bridge"})
        EXPECT_EQ(std::ranges::count(names, name), 1) << name;
}

TEST(RedisSection, APrefixCanStandInBracesAndInAPattern) {
    auto redis = with_url();
    for (const auto& good : {"r", "rota.cast:prod-2", "~"}) {
        redis.prefix = good;
        EXPECT_EQ(complaint(redis), "") << good;
    }
    for (const std::string& bad : {std::string(),
                                   std::string("a{b"),
                                   std::string("a}"),
                                   std::string("a b"),
                                   std::string("a*"),
                                   std::string("\xC3\xA4"),
                                   std::string(101, 'a'),
                                   std::string("a\n")}) {
        redis.prefix = bad;
        EXPECT_NE(complaint(redis).find("redis.prefix must be"), std::string::npos) << bad;
    }
}

TEST(RedisSection, SettingsThatNeedAUrlSayso) {
    Redis redis;
    redis.password_file = "x";
    EXPECT_NE(complaint(redis).find("redis.password_file is of no use"), std::string::npos);
}

TEST(RedisSection, ABridgeNeedsARedis) {
    Redis redis;
    redis.bridge = "in";
    EXPECT_NE(complaint(redis).find("redis.bridge needs"), std::string::npos);
    redis.url = "redis://127.0.0.1";
    EXPECT_EQ(complaint(redis), "");
}

TEST(RedisSection, OnlyTheOriginalsChannelsAreBridged) {
    auto redis = with_url();
    redis.bridge_channels = {"graphql:swap:requests", "graphql:resilience:alerts"};
    EXPECT_EQ(complaint(redis), "");
    for (const auto& wrong : {"graphql:user:presence", "graphql:*", "swap:requests", ""}) {
        redis.bridge_channels = {wrong};
        EXPECT_NE(complaint(redis).find("redis.bridge_channels has"), std::string::npos) << wrong;
    }
    redis.bridge_channels.clear();
    redis.bridge_channel_prefix = "a*";
    EXPECT_NE(complaint(redis).find("redis.bridge_channel_prefix must"), std::string::npos);
}

TEST(RedisSection, APasswordIsTheFirstLineOfItsFile) {
    auto pattern = (std::filesystem::temp_directory_path() / "rotacast-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    const std::filesystem::path folder = pattern;
    const auto content = [&](const std::string& text) {
        std::ofstream(folder / "password") << text;
        return read_password((folder / "password").string(), "redis.password_file");
    };
    EXPECT_EQ(content("geheim\n").value(), "geheim");
    EXPECT_EQ(content("geheim\r\nsecond").value(), "geheim");
    EXPECT_EQ(content(" with spaces ").value(), " with spaces ");
    EXPECT_FALSE(content("\ngeheim"));
    EXPECT_FALSE(content(""));
    const auto missing = read_password((folder / "none").string(), "redis.password_file");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().path, "redis.password_file");
    EXPECT_NE(missing.error().message.find("none"), std::string::npos);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rotacast::config
