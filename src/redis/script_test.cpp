#include "redis/script.hpp"

#include "redis/connection_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

using testing::RedisServer;

class RedisScript : public testing::RedisTest {
  protected:
    Result<Reply> run_it(std::vector<std::string> keys, std::vector<std::string> arguments) {
        return testing::await(io, run(redis, script, std::move(keys), std::move(arguments)));
    }
    std::int64_t evals() {
        const auto stats = *ask(redis, "INFO", "commandstats")->text();
        return info_value(stats, "cmdstat_eval").empty() ? 0 : 1;
    }

    RedisServer server;
    ConnectionPtr redis = open(server.options()).value();
    ScriptPtr script =
        std::make_shared<Script>("redis.call('SET', KEYS[1], ARGV[1]) return {KEYS[1], #ARGV}");
};

TEST(RedisScriptDigest, IsTheSha1OfTheSource) {
    EXPECT_EQ(Script("return 1").digest(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

TEST_F(RedisScript, IsSentOnceAndThenNamed) {
    const Reply expected{Array{{std::string("k")}, {std::int64_t{2}}}};
    EXPECT_EQ(run_it({"k"}, {"v", "w"}).value(), expected);
    EXPECT_EQ(*ask(redis, "GET", "k")->text(), "v");
    EXPECT_EQ(ask(redis, script->by_digest({"k"}, {"x", "y"})).value(), expected);
    ask(redis, "SCRIPT", "FLUSH");
    EXPECT_EQ(ask(redis, script->by_digest({"k"}, {"x"}))->error()->code(), "NOSCRIPT");
    EXPECT_EQ(run_it({"k"}, {"v", "w"}).value(), expected) << "sent again";
}

TEST_F(RedisScript, IsNotSentIfItWasLoaded) {
    EXPECT_EQ(*ask(redis, script->load())->text(), script->digest());
    EXPECT_FALSE(run_it({"k"}, {"v"})->error());
    EXPECT_EQ(evals(), 0);
}

TEST_F(RedisScript, ItsErrorsAreReplies) {
    script = std::make_shared<Script>("return redis.error_reply('STALE say hello again')");
    EXPECT_EQ(run_it({}, {})->error()->code(), "STALE");
    script = std::make_shared<Script>("return redis.call('NOSUCH')");
    EXPECT_EQ(refusal_of(*run_it({}, {})->error()).kind, RefusalKind::unknown_command);
    ask(redis, "SET", "k", "text");
    script = std::make_shared<Script>("return redis.call('XLEN', KEYS[1])");
    EXPECT_EQ(refusal_of(*run_it({"k"}, {})->error()).kind, RefusalKind::wrong_type);
    script = std::make_shared<Script>("this is no Lua");
    EXPECT_EQ(refusal_of(*run_it({}, {})->error()).kind, RefusalKind::other_error);
}

TEST_F(RedisScript, FailsWithTheConnection) {
    redis->close();
    EXPECT_FALSE(run_it({"k"}, {"v"}));
}

// What the server says when it cannot write, within a script and without.
TEST_F(RedisScript, TheServersTroublesAreRecognised) {
    const auto kind = [&](const Result<Reply>& reply) {
        return reply->error() ? std::string(to_string(refusal_of(*reply->error()).kind)) : "none";
    };
    ask(redis, "CONFIG", "SET", "maxmemory", 1);
    EXPECT_EQ(kind(ask(redis, "SET", "k", "v")), "out_of_memory");
    EXPECT_EQ(kind(run_it({"k"}, {"v"})), "out_of_memory");
    ask(redis, "CONFIG", "SET", "maxmemory", 0);
    ask(redis, "CONFIG", "SET", "min-replicas-to-write", 1);
    EXPECT_EQ(kind(ask(redis, "SET", "k", "v")), "too_few_replicas");
    EXPECT_EQ(kind(run_it({"k"}, {"v"})), "too_few_replicas");
    ask(redis, "CONFIG", "SET", "min-replicas-to-write", 0);
    ask(redis, "REPLICAOF", "127.0.0.1", 1);
    EXPECT_EQ(kind(ask(redis, "SET", "k", "v")), "read_only");
    EXPECT_EQ(kind(run_it({"k"}, {"v"})), "read_only");
    ask(redis, "CONFIG", "SET", "replica-serve-stale-data", "no");
    EXPECT_EQ(kind(ask(redis, "GET", "k")), "primary_lost");
}

TEST_F(RedisScript, RightsAreCheckedWithinToo) {
    ask(redis, "ACL", "SETUSER", "rota", "on", ">geheim", "~k", "+info", "+eval", "+evalsha");
    auto options = server.options();
    options.credentials = {"rota", "geheim"};
    redis = open(options).value();
    EXPECT_EQ(refusal_of(*run_it({"k"}, {"v"})->error()).kind, RefusalKind::not_permitted);
    EXPECT_EQ(refusal_of(*run_it({"other"}, {"v"})->error()).kind, RefusalKind::not_permitted);
}

}  // namespace
}  // namespace rotacast::redis
