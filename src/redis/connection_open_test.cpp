// How a connection begins, and why it does not.

#include "net/certificate_for_tests.hpp"
#include "net/client_tls.hpp"
#include "redis/connection.hpp"
#include "redis/connection_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

using namespace std::chrono_literals;
using net::testing::Certificate;
using testing::FakeServer;
using testing::healthy_begin;
using testing::RedisServer;

class OpeningRedis : public testing::RedisTest {};

ConnectionOptions with(ConnectionOptions options, Credentials credentials) {
    options.credentials = std::move(credentials);
    return options;
}

TEST_F(OpeningRedis, LearnsWhichServerItIs) {
    RedisServer server;
    const auto redis = open(server.options()).value();
    const auto first = redis->server();
    EXPECT_EQ(first.run_id.size(), 40u);
    EXPECT_EQ(first.replication_id.size(), 40u);
    EXPECT_EQ(first.role, "master");
    EXPECT_EQ(first.mode, "standalone");
    EXPECT_FALSE(first.cluster_enabled);
    EXPECT_NE(ask(redis, "CLIENT", "LIST")->text()->find("name=rotacast "), std::string::npos);
    server.kill();
    server.restart();
    const auto again = open(server.options()).value();
    EXPECT_NE(again->server().run_id, first.run_id);
    again->close();
}

TEST_F(OpeningRedis, SelectsTheDatabase) {
    RedisServer server({"databases 4"});
    auto options = server.options();
    options.database = 3;
    const auto redis = open(options).value();
    EXPECT_NE(ask(redis, "CLIENT", "INFO")->text()->find(" db=3 "), std::string::npos);
    redis->close();
    options.database = 4;
    EXPECT_EQ(refused(options), "no_such_database");
    EXPECT_TRUE(message_has("redis.url")) << message;
}

TEST_F(OpeningRedis, GivesThePassword) {
    RedisServer server({"requirepass geheim"});
    EXPECT_EQ(refused(with(server.options(), {"", "geheim"})), "");
    EXPECT_EQ(refused(server.options()), "password_missing");
    EXPECT_TRUE(message_has("redis.password_file")) << message;
    EXPECT_EQ(refused(with(server.options(), {"", "geheim2"})), "password_wrong");
    EXPECT_FALSE(message_has("geheim")) << message;
    RedisServer open_to_all;
    EXPECT_EQ(refused(with(open_to_all.options(), {"", "geheim"})), "password_unknown");
}

TEST_F(OpeningRedis, IsAUserOfTheAccessList) {
    RedisServer server({"user default off",
                        "user rota on >geheim ~{rotacast}:* +auth +info +ping +select +get",
                        "user blind on >geheim ~* +get"});
    EXPECT_EQ(refused(with(server.options(), {"", "geheim"})), "password_wrong");
    EXPECT_EQ(refused(with(server.options(), {"rota", "other"})), "password_wrong");
    EXPECT_EQ(refused(with(server.options(), {"blind", "geheim"})), "not_permitted");
    EXPECT_TRUE(message_has("'info'")) << message;
    const auto redis = open(with(server.options(), {"rota", "geheim"}));
    ASSERT_TRUE(redis) << redis.error().message << ": CLIENT SETNAME is not needed";
    EXPECT_TRUE(ask(*redis, "GET", "{rotacast}:x")->is_nil());
    const auto other_key = ask(*redis, "GET", "x");
    EXPECT_EQ(refusal_of(*other_key->error()).kind, RefusalKind::not_permitted);
    const auto other_command = ask(*redis, "SET", "{rotacast}:x", "1");
    EXPECT_EQ(refusal_of(*other_command->error()).kind, RefusalKind::not_permitted);
    (*redis)->close();
}

TEST_F(OpeningRedis, SpeaksTls) {
    const Certificate certificate("IP:127.0.0.1");
    RedisServer server(RedisServer::tls_lines(certificate.file(), certificate.key_file()));
    auto options = server.options();
    options.tls = net::make_client_tls(certificate.file());
    const auto redis = open(options);
    ASSERT_TRUE(redis) << redis.error().message;
    const std::string large(1'000'000, 'x');
    EXPECT_EQ(*ask(*redis, "SET", "k", large)->text(), "OK");
    EXPECT_EQ(*ask(*redis, "GET", "k")->text(), large);
    (*redis)->close();

    const Certificate unknown("IP:127.0.0.1");
    options.tls = net::make_client_tls(unknown.file());
    EXPECT_EQ(refused(options), "tls_failed");
    EXPECT_TRUE(message_has("redis.ca_file")) << message;
    options.tls = nullptr;
    EXPECT_EQ(refused(options), "broken");
    EXPECT_TRUE(message_has("rediss://")) << message;
}

TEST_F(OpeningRedis, ChecksTheNameInTheCertificate) {
    const Certificate certificate("DNS:redis.example");
    RedisServer server(RedisServer::tls_lines(certificate.file(), certificate.key_file()));
    auto options = server.options();
    options.tls = net::make_client_tls(certificate.file());
    EXPECT_EQ(refused(options), "tls_failed");
    EXPECT_TRUE(message_has("another name")) << message;
}

TEST_F(OpeningRedis, NoticesThatThereIsNoTls) {
    RedisServer server;
    const Certificate certificate("IP:127.0.0.1");
    auto options = server.options();
    options.tls = net::make_client_tls(certificate.file());
    options.connect_timeout = 200ms;
    // Silent, unless there happens to be the end of a line among the random bytes.
    EXPECT_NE(refused(options), "");
    EXPECT_TRUE(message_has("write redis://")) << message;
}

TEST_F(OpeningRedis, RefusesACluster) {
    RedisServer server({"cluster-enabled yes"});
    EXPECT_EQ(refused(server.options()), "is_cluster");
    EXPECT_TRUE(message_has("not supported")) << message;
}

TEST_F(OpeningRedis, RefusesAReplica) {
    RedisServer primary;
    RedisServer replica({"replicaof 127.0.0.1 " + std::to_string(primary.port())});
    EXPECT_EQ(refused(replica.options()), "is_replica");
    EXPECT_TRUE(message_has("name the primary")) << message;
}

TEST_F(OpeningRedis, SaysThatRedisIsFull) {
    RedisServer server({"maxclients 1"});
    const auto first = open(server.options()).value();
    EXPECT_EQ(refused(server.options()), "too_many_clients");
    first->close();
}

TEST_F(OpeningRedis, SaysThatNobodyIsThere) {
    ConnectionOptions options;
    options.address = {"127.0.0.1", testing::free_port()};
    EXPECT_EQ(refused(options), "unreachable");
    EXPECT_TRUE(message_has("127.0.0.1:" + std::to_string(options.address.port))) << message;
    options.address.host = "no..name";
    EXPECT_EQ(refused(options), "name_unresolved");
}

TEST_F(OpeningRedis, GivesUpAServerThatSaysNothing) {
    FakeServer silent(io, {});
    auto options = silent.options();
    options.connect_timeout = 100ms;
    EXPECT_EQ(refused(options), "silent");
    EXPECT_TRUE(message_has("within 100 ms")) << message;
    options.answer_timeout = 1ms;
    EXPECT_EQ(refused(options), "silent") << "the first time-out counts";
    options.tls = net::make_client_tls();
    EXPECT_EQ(refused(options), "silent");
}

TEST_F(OpeningRedis, RefusesWhatIsNoRedis) {
    for (const std::string answer : {"HTTP/1.1 400 Bad Request\r\n\r\n",
                                     "SSH-2.0-OpenSSH_9.2\r\n",
                                     "+hello\r\n",
                                     ":1\r\n",
                                     "$5\r\nhello\r\n",
                                     "$-1\r\n"}) {
        FakeServer other(io, {answer});
        EXPECT_EQ(refused(other.options()), "not_redis") << answer;
    }
    FakeServer closing(io, {}, FakeServer::Then::close);
    EXPECT_EQ(refused(closing.options()), "broken");
    FakeServer within(io, {"$100\r\nredis_ver"}, FakeServer::Then::close);
    EXPECT_EQ(refused(within.options()), "broken");
    EXPECT_TRUE(message_has("within an answer")) << message;
}

TEST_F(OpeningRedis, RefusesAnOldRedis) {
    const std::string info = "redis_version:6.0.16\r\nrun_id:r\r\nrole:master\r\n";
    FakeServer old(io, {'$' + std::to_string(info.size()) + "\r\n" + info + "\r\n"});
    EXPECT_EQ(refused(old.options()), "too_old");
    EXPECT_TRUE(message_has("6.0.16")) << message;
}

TEST_F(OpeningRedis, EndsWithItsExecutor) {
    asio::io_context own{1};
    FakeServer silent(own, {});
    asio::co_spawn(
        own,
        [](ConnectionOptions options) -> asio::awaitable<void> {
            co_await Connection::open(std::move(options));
        }(silent.options()),
        asio::detached);
    own.run_for(20ms);
}

}  // namespace
}  // namespace rotacast::redis
