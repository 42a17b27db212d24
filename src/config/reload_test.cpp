#include "config/reload.hpp"

#include <gtest/gtest.h>

namespace rotacast::config {
namespace {

using Keys = std::vector<std::string>;

TEST(Reload, AppliesWhatCanChangeAndNamesTheRest) {
    Config running;
    Config wanted;
    wanted.policy = "open";
    wanted.limits.commands_burst = 7;
    wanted.allowed_origins = {"https://app.example"};
    wanted.websocket.ping_interval_s = 30;
    const auto changes = apply_reloadable(running, wanted);
    EXPECT_EQ(changes.applied, (Keys{"policy", "limits.commands_burst"}));
    EXPECT_EQ(changes.waiting, (Keys{"allowed_origins", "websocket.ping_interval_s"}));
    EXPECT_EQ(running.policy, "open");
    EXPECT_EQ(running.limits.commands_burst, 7u);
    EXPECT_TRUE(running.allowed_origins.empty());
    EXPECT_EQ(running.websocket.ping_interval_s, Websocket{}.ping_interval_s);
}

TEST(Reload, NamesWhatStillWaitsEachTimeAndWhatWasAppliedOnce) {
    Config running;
    Config wanted;
    wanted.log_level = "debug";
    wanted.listen = "127.0.0.1:1";
    EXPECT_EQ(apply_reloadable(running, wanted).applied, Keys{"log_level"});
    const auto again = apply_reloadable(running, wanted);
    EXPECT_EQ(again.applied, Keys{});
    EXPECT_EQ(again.waiting, Keys{"listen"});
}

TEST(Reload, TakesOtherFilesForTlsButDoesNotSwitchIt) {
    Config running;
    running.tls = {"a.pem", "a.key"};
    Config wanted;
    wanted.tls = {"b.pem", "b.key"};
    EXPECT_EQ(apply_reloadable(running, wanted).applied,
              (Keys{"tls.certificate_file", "tls.key_file"}));
    EXPECT_EQ(running.tls.certificate_file, "b.pem");
    EXPECT_EQ(apply_reloadable(running, Config{}).waiting,
              (Keys{"tls.certificate_file", "tls.key_file"}));
    EXPECT_EQ(running.tls.certificate_file, "b.pem");
    Config plain;
    EXPECT_EQ(apply_reloadable(plain, wanted).waiting,
              (Keys{"tls.certificate_file", "tls.key_file"}));
}

TEST(Reload, NamesOnlySettingsThatExist) {
    for (const auto* key : {"policy",
                            "log_level",
                            "tls.key_file",
                            "limits.upgrades_burst",
                            "websocket.auth_timeout_s"})
        EXPECT_TRUE(find_setting(key) && is_reloadable(key)) << key;
    EXPECT_FALSE(is_reloadable("allowed_origins"));
}

}  // namespace
}  // namespace rotacast::config
