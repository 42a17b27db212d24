#include "config/warnings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace rotacast::config {
namespace {

TEST(Warnings, AreNoneForTheDefaults) {
    EXPECT_TRUE(warnings_about({}).empty());
}

TEST(Warnings, NameAPingIntervalThatProxiesDoNotWaitFor) {
    Config config;
    config.websocket.ping_interval_s = 45;
    config.presence.lease_s = 60;
    EXPECT_TRUE(warnings_about(config).empty());
    config.websocket.ping_interval_s = 46;
    const auto warnings = warnings_about(config);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].find("websocket.ping_interval_s is 46"), std::string::npos);
    EXPECT_NE(warnings[0].find("45 or less"), std::string::npos);
}

TEST(Warnings, NameALeaseThatEndsBetweenTwoPings) {
    Config config;
    config.presence.lease_s = 30;
    EXPECT_TRUE(warnings_about(config).empty());
    config.presence.lease_s = 29;
    const auto warnings = warnings_about(config);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_TRUE(warnings[0].starts_with("presence.lease_s is 29: ")) << warnings[0];
    EXPECT_NE(warnings[0].find("set it to 30 or more"), std::string::npos) << warnings[0];
}

TEST(Warnings, NameABlockThatTrustsEverybody) {
    Config config;
    config.trusted_proxies = {"10.0.0.0/8"};
    EXPECT_TRUE(warnings_about(config).empty());
    config.trusted_proxies = {"0.0.0.0/0", "10.0.0.0/8", "::/0"};
    const auto warnings = warnings_about(config);
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_TRUE(warnings[0].starts_with("trusted_proxies has 0.0.0.0/0: ")) << warnings[0];
    EXPECT_TRUE(warnings[1].starts_with("trusted_proxies has ::/0: ")) << warnings[1];
}

TEST(Warnings, NameASecretThatOthersCanRead) {
    auto file = (std::filesystem::temp_directory_path() / "rotacast-XXXXXX").string();
    ::close(mkstemp(file.data()));  // mode 0600
    Config config;
    config.jwt_secret_file = file;
    config.tls.key_file = file;
    EXPECT_TRUE(warnings_about(config).empty());
    std::filesystem::permissions(
        file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
    const auto warnings = warnings_about(config);
    std::filesystem::remove(file);
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_TRUE(warnings[0].starts_with("jwt_secret_file: other users")) << warnings[0];
    EXPECT_TRUE(warnings[1].starts_with("tls.key_file: other users")) << warnings[1];
}

}  // namespace
}  // namespace rotacast::config
