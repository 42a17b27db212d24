#include "redis/server_identity.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

std::string info_text(const std::string& version = "7.0.15",
                      const std::string& role = "master",
                      const std::string& mode = "standalone",
                      const std::string& cluster = "0") {
    return "# Server\r\nredis_version:" + version + "\r\nredis_mode:" + mode +
           "\r\nrun_id:abc\r\n\r\n# Replication\r\nrole:" + role +
           "\r\nmaster_replid:def\r\nmaster_replid2:000\r\n\r\n# Cluster\r\ncluster_enabled:" +
           cluster + "\r\n";
}

std::string refused(const std::string& info, Expected expected = Expected::primary) {
    const auto why = refusal_of(identity_of(info).value(), expected);
    return why ? std::string(to_string(why->kind)) : "";
}

TEST(ServerIdentity, IsReadFromInfo) {
    const auto server = identity_of(info_text());
    ASSERT_TRUE(server);
    EXPECT_EQ(*server, (ServerIdentity{"abc", "7.0.15", "standalone", "master", "def", false}));
    EXPECT_TRUE(identity_of(info_text("7.0.15", "master", "cluster", "1"))->cluster_enabled);
}

TEST(ServerIdentity, OtherTextsAreNone) {
    for (const auto* text : {"", "\n\n", "hello", "redis_version:7.0.0", "run_id:x\r\n", ":"})
        EXPECT_FALSE(identity_of(text)) << text;
}

TEST(ServerIdentity, RefusesWhatCannotBeUsed) {
    EXPECT_EQ(refused(info_text()), "");
    EXPECT_EQ(refused(info_text("6.2.0")), "");
    EXPECT_EQ(refused(info_text("10.0.1")), "");
    EXPECT_EQ(refused(info_text("6.0.16")), "too_old");
    EXPECT_EQ(refused(info_text("5.0.14")), "too_old");
    EXPECT_EQ(refused(info_text("unknown")), "too_old");
    EXPECT_EQ(refused(info_text("7.0.15", "slave")), "is_replica");
    EXPECT_EQ(refused(info_text("7.0.15", "master", "cluster", "1")), "is_cluster");
    EXPECT_EQ(refused(info_text("7.0.15", "", "sentinel")), "is_sentinel");
    EXPECT_EQ(refused(info_text("7.0.15", "", "sentinel"), Expected::sentinel), "");
    EXPECT_EQ(refused(info_text(), Expected::sentinel), "not_sentinel");
}

}  // namespace
}  // namespace rotacast::redis
