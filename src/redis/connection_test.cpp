// A connection that is open: order, bounds, and how it ends.

#include "redis/connection.hpp"

#include "redis/connection_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

using namespace std::chrono_literals;
using testing::FakeServer;
using testing::healthy_begin;
using testing::healthy_then;
using testing::RedisServer;

constexpr auto patience_of_blpop = 10s;

class RedisConnection : public testing::RedisTest {
  protected:
    ConnectionPtr connected(ConnectionOptions options) { return open(std::move(options)).value(); }
    /// Waits until it has ended, and says why.
    std::string end_of(const ConnectionPtr& connection) {
        EXPECT_TRUE(testing::run_until(io, [&] { return !connection->is_open(); }));
        message = connection->end_reason().value().message;
        return std::string(to_string(connection->end_reason()->kind));
    }
};

TEST_F(RedisConnection, AsksAndIsAnswered) {
    RedisServer server;
    const auto redis = connected(server.options());
    EXPECT_EQ(*ask(redis, "SET", "k", std::string("a\0b\r\n", 5))->text(), "OK");
    EXPECT_EQ(*ask(redis, "GET", "k")->text(), std::string("a\0b\r\n", 5));
    EXPECT_TRUE(ask(redis, "GET", "none")->is_nil());
    EXPECT_EQ(*ask(redis, "INCRBY", "n", -7)->integer(), -7);
    EXPECT_EQ(refusal_of(*ask(redis, "LPUSH", "k", "x")->error()).kind, RefusalKind::wrong_type);
    EXPECT_EQ(refusal_of(*ask(redis, "NOSUCH", "k")->error()).kind, RefusalKind::unknown_command);
    EXPECT_EQ(redis->in_flight(), 0u);
    redis->close();
}

TEST_F(RedisConnection, AnswersInTheOrderOfSending) {
    RedisServer server;
    const auto redis = connected(server.options());
    std::vector<std::int64_t> got;
    for (int i = 1; i <= 5'000; ++i)
        redis->send(Command("INCR", "n"),
                    [&](const Result<Reply>& reply) { got.push_back(*reply->integer()); });
    EXPECT_TRUE(got.empty()) << "never within send()";
    ASSERT_TRUE(testing::run_until(io, [&] { return got.size() == 5'000; }));
    for (std::size_t i = 0; i < got.size(); ++i)
        ASSERT_EQ(got[i], static_cast<std::int64_t>(i + 1));
    redis->close();
}

TEST_F(RedisConnection, CarriesMegabytes) {
    RedisServer server;
    const auto redis = connected(server.options());
    const std::string large(5'000'000, 'x');
    EXPECT_EQ(*ask(redis, "SET", "k", large)->text(), "OK");
    EXPECT_EQ(*ask(redis, "GET", "k")->text(), large);
    redis->close();
}

TEST_F(RedisConnection, BoundsWhatIsInFlight) {
    FakeServer server(io, healthy_begin());
    auto options = server.options();
    options.in_flight_max = 3;
    options.in_flight_bytes_max = 1'000;
    const auto redis = connected(options);
    int answered = 0;
    std::string refused_with;
    const auto count = [&](const Result<Reply>& reply) {
        ++answered;
        if (!reply) refused_with = reply.error().message;
    };
    redis->send(Command("A", std::string(900, 'x')), count);
    redis->send(Command("B", std::string(900, 'x')), count);
    ASSERT_TRUE(testing::run_until(io, [&] { return answered == 1; })) << "too many bytes";
    EXPECT_NE(refused_with.find("Too many commands"), std::string::npos);
    redis->send(Command("C"), count);
    redis->send(Command("D"), count);
    EXPECT_EQ(redis->in_flight(), 3u);
    redis->send(Command("E"), count);
    ASSERT_TRUE(testing::run_until(io, [&] { return answered == 2; })) << "too many commands";
    redis->close();
    ASSERT_TRUE(testing::run_until(io, [&] { return answered == 5; }));
}

TEST_F(RedisConnection, AnswersEverybodyWhenTheServerIsKilled) {
    RedisServer server;
    const auto redis = connected(server.options());
    server.freeze();
    int failed = 0;
    for (int i = 0; i < 100; ++i)
        redis->send(Command("PING"), [&](const Result<Reply>& reply) { failed += !reply; });
    bool told = false;
    redis->on_end([&](const Refusal& why) { told = why.kind == RefusalKind::broken; });
    server.kill();
    ASSERT_TRUE(testing::run_until(io, [&] { return failed == 100; }));
    ASSERT_TRUE(testing::run_until(io, [&] { return told; }));
    EXPECT_FALSE(redis->is_open());
    const auto later = ask(redis, "PING");
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, ErrorCode::unavailable);
    bool told_later = false;
    redis->on_end([&](const Refusal&) { told_later = true; });
    ASSERT_TRUE(testing::run_until(io, [&] { return told_later; }));
}

TEST_F(RedisConnection, ClosesAtOnceAndSaysSo) {
    FakeServer server(io, healthy_begin());
    const auto redis = connected(server.options());
    std::string said;
    redis->send(Command("PING"), [&](const Result<Reply>& reply) { said = reply.error().message; });
    redis->close();
    redis->close();
    EXPECT_EQ(said, "") << "never within close()";
    ASSERT_TRUE(testing::run_until(io, [&] { return !said.empty(); }));
    EXPECT_NE(said.find("We have closed"), std::string::npos);
}

TEST_F(RedisConnection, GivesUpAServerThatOwesAnAnswer) {
    RedisServer server;
    auto options = server.options();
    options.answer_timeout = 100ms;
    options.idle_ping = 1h;
    const auto redis = connected(options);
    server.freeze();
    const auto reply = ask(redis, "PING");
    ASSERT_FALSE(reply);
    EXPECT_EQ(end_of(redis), "silent");
    EXPECT_TRUE(message_has("owed an answer for 100 ms")) << message;
}

TEST_F(RedisConnection, AsksAnIdleServerWhetherItIsThere) {
    RedisServer server;
    auto options = server.options();
    options.idle_ping = 5ms;
    const auto redis = connected(options);
    const auto other = connected(server.options());
    ASSERT_TRUE(testing::run_until(io, [&] {
        const auto stats = *ask(other, "INFO", "commandstats")->text();
        const std::string pings(info_value(stats, "cmdstat_ping"));  // calls=3,usec=…
        return !pings.empty() && std::stoi(pings.substr(pings.find('=') + 1)) >= 3;
    }));
    EXPECT_TRUE(redis->is_open());
    redis->close();
    other->close();
}

TEST_F(RedisConnection, NoticesAServerThatFellSilent) {
    RedisServer server;
    auto options = server.options();
    options.answer_timeout = 100ms;
    options.idle_ping = 20ms;
    const auto redis = connected(options);
    server.freeze();
    EXPECT_EQ(end_of(redis), "silent");
}

TEST_F(RedisConnection, LetsACommandWaitAsLongAsItSaid) {
    RedisServer server;
    auto options = server.options();
    options.answer_timeout = 50ms;
    options.idle_ping = 1h;
    const auto redis = connected(options);
    auto wait = Command("BLPOP", "none", "0.3").waits(patience_of_blpop);
    EXPECT_TRUE(ask(redis, wait)->is_nil());
    EXPECT_TRUE(redis->is_open());
    redis->close();
}

TEST_F(RedisConnection, EndsWhenTheAnswerIsNotRedis) {
    FakeServer server(io, healthy_then("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const auto redis = connected(server.options());
    EXPECT_FALSE(ask(redis, "PING"));
    EXPECT_EQ(end_of(redis), "not_redis");
}

TEST_F(RedisConnection, EndsWhenTheServerClosesWithinAnAnswer) {
    FakeServer server(io, healthy_then("$100\r\nhalf"), FakeServer::Then::close);
    const auto redis = connected(server.options());
    EXPECT_FALSE(ask(redis, "GET", "k"));
    EXPECT_EQ(end_of(redis), "broken");
    EXPECT_TRUE(message_has("within an answer")) << message;
}

TEST_F(RedisConnection, EndsWhenAGigabyteIsAnnounced) {
    FakeServer server(io, healthy_then("$1073741824\r\n"));
    const auto redis = connected(server.options());
    EXPECT_FALSE(ask(redis, "GET", "k"));
    EXPECT_EQ(end_of(redis), "reply_too_large");
}

TEST_F(RedisConnection, EndsWhenAnAnswerNestsTooDeep) {
    std::string deep;
    for (int i = 0; i < 1'000; ++i) deep += "*1\r\n";
    FakeServer server(io, healthy_then(deep));
    const auto redis = connected(server.options());
    EXPECT_FALSE(ask(redis, "GET", "k"));
    EXPECT_EQ(end_of(redis), "not_redis");
}

TEST_F(RedisConnection, EndsWhenSomethingIsSaidThatNobodyAskedFor) {
    FakeServer unasked(io, healthy_then("+OK\r\n+OK\r\n"));
    const auto redis = connected(unasked.options());
    EXPECT_TRUE(ask(redis, "PING"));
    EXPECT_EQ(end_of(redis), "not_redis");
    FakeServer leaving(io, healthy_then("+OK\r\n-LOADING wait\r\n"));
    const auto other = connected(leaving.options());
    EXPECT_TRUE(ask(other, "PING"));
    EXPECT_EQ(end_of(other), "loading");
}

TEST_F(RedisConnection, AConsumerThatThrowsDisturbsNoOther) {
    RedisServer server;
    const auto redis = connected(server.options());
    redis->send(Command("PING"), [](const Result<Reply>&) { throw std::runtime_error("x"); });
    EXPECT_EQ(*ask(redis, "PING")->text(), "PONG");
    redis->close();
}

TEST_F(RedisConnection, PassesOnWhatIsPublished) {
    RedisServer server;
    auto options = server.options();
    options.idle_ping = 20ms;  // PING is answered by an array there
    std::vector<std::string> heard;
    options.on_message = [&](const Reply& reply) {
        heard.push_back(*reply.array()->back().text());
    };
    const auto listening = connected(options);
    const auto publishing = connected(server.options());
    EXPECT_EQ(*(*ask(listening, "SUBSCRIBE", "c")->array())[0].text(), "subscribe");
    EXPECT_EQ(*(*ask(listening, "PSUBSCRIBE", "d*")->array())[0].text(), "psubscribe");
    EXPECT_EQ(*ask(publishing, "PUBLISH", "c", "one")->integer(), 1);
    io.restart();
    io.run_for(100ms);
    EXPECT_EQ(*ask(publishing, "PUBLISH", "d2", "two")->integer(), 1);
    ASSERT_TRUE(testing::run_until(io, [&] { return heard.size() == 2; }));
    EXPECT_EQ(heard, (std::vector<std::string>{"one", "two"}));
    EXPECT_TRUE(listening->is_open());
    listening->close();
    publishing->close();
}

// Coroutines that wait for an answer hold the connection, which holds them.
TEST_F(RedisConnection, IsFreedWithItsExecutor) {
    std::weak_ptr<Connection> seen;
    {
        asio::io_context own{1};
        FakeServer server(own, healthy_begin());
        auto redis = testing::await(own, Connection::open(server.options())).value();
        seen = redis;
        asio::co_spawn(
            own,
            [](ConnectionPtr connection) -> asio::awaitable<void> {
                Command ping("PING");
                co_await connection->command(std::move(ping));
                connection->close();
            }(std::move(redis)),
            asio::detached);
        own.restart();
        own.run_for(20ms);
        EXPECT_FALSE(seen.expired());
    }
    EXPECT_TRUE(seen.expired());
}

}  // namespace
}  // namespace rotacast::redis
