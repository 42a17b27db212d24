// hold_duties.lua and write_copy.lua in a real Redis.

#include "cluster/duty_encoding.hpp"
#include "cluster/script_sources.hpp"
#include "redis/connection.hpp"
#include "redis/redis_server_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

struct DutyScriptsTest : testing::Test {
    redis::Reply run(const redis::Command& command) {
        return redis::testing::await(io, connection->command(command)).value();
    }
    DutyAnswer ask(const std::string& node,
                   std::uint64_t fence,
                   Milliseconds lease,
                   const std::string& identity = "redis1") {
        redis::Command command("EVAL", hold_duties_script);
        add_arguments(command, HoldDuties{{{"mailer", fence}}}, {node, identity, lease}, keys);
        return decode_duties(run(command)).value().at(0);
    }
    bool write(const std::string& node, std::uint64_t fence) {
        redis::Command command("EVAL", write_copy_script);
        add_arguments(command, WriteCopy{"mailer", fence, {CopyKind::change, "p"}}, node, keys);
        return *run(command).integer() == 1;
    }

    boost::asio::io_context io;
    redis::testing::RedisServer server;
    redis::ConnectionPtr connection =
        redis::testing::await(io, redis::Connection::open(server.options())).value();
    const DutyKeys keys{"p"};
};

constexpr Milliseconds at_once{0};  // a lease that has ended when it begins
constexpr Milliseconds for_ever{1'000'000};

TEST_F(DutyScriptsTest, OnlyTheHolderMayWriteUntilAnotherHasTheDuty) {
    EXPECT_EQ(ask("a", 0, at_once).state, DutyState::taken);
    EXPECT_TRUE(write("a", 1));
    EXPECT_FALSE(write("b", 1));
    const auto taken = ask("b", 0, at_once);
    EXPECT_EQ(taken.state, DutyState::taken);
    EXPECT_EQ(taken.fence, 2U);
    EXPECT_TRUE(taken.flag) << "there is a copy";
    EXPECT_FALSE(write("a", 1));
    EXPECT_EQ(ask("a", 1, at_once).state, DutyState::lost);
}

TEST_F(DutyScriptsTest, AfterAnotherRedisNobodyTakesADutyForTheTimeOfALease) {
    EXPECT_EQ(ask("a", 0, for_ever).state, DutyState::free);
    const auto held = ask("b", 5, for_ever);
    EXPECT_EQ(held.state, DutyState::held);
    EXPECT_TRUE(held.flag) << "this Redis did not know it";
    EXPECT_EQ(ask("a", 0, for_ever).holder, "b");
    EXPECT_FALSE(ask("b", 5, for_ever).flag);
    EXPECT_EQ(ask("a", 4, for_ever).state, DutyState::lost) << "a former holder";
}

}  // namespace
}  // namespace rotacast::cluster
