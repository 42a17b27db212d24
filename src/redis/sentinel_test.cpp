#include "redis/sentinel.hpp"

#include "redis/connection_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

using namespace std::chrono_literals;
using testing::FakeServer;
using testing::RedisServer;

std::vector<std::string> watching(const RedisServer& primary) {
    return {"sentinel monitor rota 127.0.0.1 " + std::to_string(primary.port()) + " 1",
            "sentinel auth-pass rota geheim",
            "sentinel down-after-milliseconds rota 60000",
            "sentinel failover-timeout rota 20000"};
}

/// Begins when the replica is one: a sentinel looks for new ones every ten seconds only.
std::vector<std::string> watching(const RedisServer& primary, const RedisServer& replica) {
    replica.wait_for("sync: Finished with success");
    return watching(primary);
}

std::vector<std::string> replica_of(const RedisServer& primary) {
    return {"requirepass geheim",
            "masterauth geheim",
            "replicaof 127.0.0.1 " + std::to_string(primary.port())};
}

/// A primary with a replica and a sentinel; the data need a password, the sentinel none.
class Sentinels : public testing::RedisTest {
  protected:
    Target target(std::vector<Address> sentinels) const {
        Target out;
        out.addresses = std::move(sentinels);
        out.primary_name = "rota";
        out.sentinel_timeout = 10s;
        out.connection.credentials = {"", "geheim"};
        out.connection.database = 2;
        return out;
    }
    Opened open_by(Connector& connector) { return testing::await(io, connector.open()); }
    std::string refusal_by(Connector& connector) {
        auto opened = open_by(connector);
        if (opened) return "";
        message = opened.error().message;
        return std::string(to_string(opened.error().kind));
    }
    ConnectionOptions of_sentinel() const {
        auto options = sentinel.options();
        options.expected = Expected::sentinel;
        return options;
    }

    RedisServer primary{{"requirepass geheim", "masterauth geheim"}};
    RedisServer replica{replica_of(primary)};
    RedisServer sentinel{watching(primary, replica), RedisServer::Kind::sentinel};
};

TEST_F(Sentinels, NameThePrimary) {
    Connector connector(target({sentinel.address()}));
    const auto redis = open_by(connector);
    ASSERT_TRUE(redis) << redis.error().message;
    EXPECT_EQ((*redis)->address(), primary.address());
    EXPECT_NE(ask(*redis, "CLIENT", "INFO")->text()->find(" db=2 "), std::string::npos);
    (*redis)->close();
}

TEST_F(Sentinels, AreAskedInTurn) {
    const Address gone{"127.0.0.1", testing::free_port()};
    Connector connector(target({gone, primary.address(), sentinel.address()}));
    for (int i = 0; i < 2; ++i) {
        const auto redis = open_by(connector);
        ASSERT_TRUE(redis) << redis.error().message;
        (*redis)->close();
    }
    Connector nobody(target({gone, primary.address()}));
    EXPECT_EQ(refusal_by(nobody), "no_primary_known");
    EXPECT_TRUE(message_has(to_string(gone) + " refuses connections")) << message;
    EXPECT_TRUE(message_has(to_string(primary.address()))) << message;
    EXPECT_FALSE(message_has("geheim"));
}

TEST_F(Sentinels, MayNotKnowTheName) {
    auto wrong = target({sentinel.address()});
    wrong.primary_name = "rotta";
    Connector connector(wrong);
    EXPECT_EQ(refusal_by(connector), "no_primary_known");
    EXPECT_TRUE(message_has("knows no such name")) << message;
}

TEST_F(Sentinels, AreNoServers) {
    EXPECT_EQ(refused(sentinel.options()), "is_sentinel");
    EXPECT_TRUE(message_has("redis+sentinel://")) << message;
    Target direct;
    direct.addresses = {primary.address()};
    direct.connection.credentials = {"", "geheim"};
    Connector connector(direct);
    EXPECT_EQ(refusal_by(connector), "");
}

TEST_F(Sentinels, SayNothingUsefulSometimes) {
    const std::string info = "redis_version:7.0.15\r\nredis_mode:sentinel\r\nrun_id:r\r\n";
    const auto begin = '$' + std::to_string(info.size()) + "\r\n" + info + "\r\n";
    for (const std::string answer : {"*1\r\n$1\r\nh\r\n",
                                     ":1\r\n",
                                     "*2\r\n$1\r\nh\r\n$1\r\n0\r\n",
                                     "*2\r\n$1\r\nh\r\n$5\r\n65536\r\n",
                                     "*2\r\n:1\r\n:2\r\n"}) {
        FakeServer odd(io, {begin, "+OK\r\n", answer});
        Connector connector(target({odd.options().address}));
        EXPECT_EQ(refusal_by(connector), "no_primary_known");
        EXPECT_TRUE(message_has("something else than an address")) << message;
    }
}

TEST_F(Sentinels, LeadToTheNewPrimaryAfterAFailover) {
    const auto asked = open(of_sentinel()).value();
    ASSERT_TRUE(testing::run_until(io, [&] {
        const auto replicas = ask(asked, "SENTINEL", "replicas", "rota");
        const auto* list = replicas->array();
        return list && list->size() == 1 && ask(asked, "SENTINEL", "FAILOVER", "rota")->text();
    })) << sentinel.log();
    asked->close();
    Connector connector(target({sentinel.address()}));
    ASSERT_TRUE(testing::run_until(io, [&] {
        const auto redis = open_by(connector);
        if (!redis) return false;
        (*redis)->close();
        return (*redis)->address() == replica.address();
    })) << sentinel.log();
}

TEST(SentinelPassword, IsAnotherThanThatOfTheData) {
    asio::io_context io{1};
    RedisServer primary({"requirepass geheim"});
    auto lines = watching(primary);
    lines.insert(lines.begin(), "requirepass heimlich");
    RedisServer sentinel(lines, RedisServer::Kind::sentinel);
    Target target;
    target.addresses = {sentinel.address()};
    target.primary_name = "rota";
    target.sentinel_timeout = 10s;
    target.connection.credentials = {"", "geheim"};
    Connector without(target);
    const auto refused = testing::await(io, without.open());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("wants a password"), std::string::npos);
    target.sentinel_credentials = {"", "heimlich"};
    Connector with(target);
    const auto redis = testing::await(io, with.open());
    ASSERT_TRUE(redis) << redis.error().message;
    (*redis)->close();
}

}  // namespace
}  // namespace rotacast::redis
