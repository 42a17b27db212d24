#include "config/warnings.hpp"

#include <gtest/gtest.h>

namespace rotacast::config {
namespace {

TEST(Warnings, AreNoneForTheDefaults) {
    EXPECT_TRUE(warnings_about({}).empty());
}

TEST(Warnings, NameAPingIntervalThatProxiesDoNotWaitFor) {
    Config config;
    config.websocket.ping_interval_s = 45;
    EXPECT_TRUE(warnings_about(config).empty());
    config.websocket.ping_interval_s = 46;
    const auto warnings = warnings_about(config);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].find("websocket.ping_interval_s is 46"), std::string::npos);
    EXPECT_NE(warnings[0].find("45 or less"), std::string::npos);
}

}  // namespace
}  // namespace rotacast::config
