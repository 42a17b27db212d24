#include "cluster/peers.hpp"

#include "redis/redis_server_for_tests.hpp"
#include "redis/sentinel.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rotacast::cluster {
namespace {

using namespace std::chrono_literals;
using redis::testing::RedisServer;

/// A node without its order: a directory, and what it tells others.
struct Peer {
    Peer(std::string file, const RedisServer& redis, redis::Credentials credentials = {})
        : path(std::move(file)), directory(store::SqliteDirectory::open(path).value()) {
        target.addresses = {{"127.0.0.1", redis.port()}};
        target.connection.credentials = std::move(credentials);
        start();
    }

    void start() {
        PeersOptions options;
        options.open = [connector = std::make_shared<redis::Connector>(target)] {
            return connector->open();
        };
        peers = Peers::open(path, std::move(options)).value();
        peers->start();
    }

    bool knows(const std::string& name) const {
        return directory->find_user_by_name(name).value().has_value();
    }

    const std::string path;
    redis::Target target;
    std::unique_ptr<store::SqliteDirectory> directory;
    std::unique_ptr<Peers> peers;
};

template <class Condition>
bool comes_true(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + redis::testing::patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

class PeersTest : public testing::Test {
  protected:
    std::unique_ptr<Peer> peer(const std::string& name) {
        return std::make_unique<Peer>(folder.file(name + ".db"), *redis, credentials);
    }

    static Uuid add(const Peer& peer, const std::string& name) {
        auth::User user;
        user.id = Uuid::random();
        user.username = name;
        EXPECT_TRUE(peer.directory->add_user(user));
        return user.id;
    }

    store::ScratchDirectory folder;
    redis::Credentials credentials;
    std::unique_ptr<RedisServer> redis = std::make_unique<RedisServer>();
};

TEST_F(PeersTest, TellEachOtherWhatChanges) {
    const auto a = peer("a");
    const auto b = peer("b");
    const auto ann = add(*a, "ann");
    ASSERT_TRUE(comes_true([&] { return b->knows("ann"); }));
    ASSERT_TRUE(b->directory->set_active(ann, false));
    EXPECT_TRUE(comes_true([&] { return !a->directory->find_user(ann).value()->active; }));
}

TEST_F(PeersTest, AfterARestartOfRedisWithoutDataAllKnowEverything) {
    const auto a = peer("a");
    const auto b = peer("b");
    add(*a, "ann");
    ASSERT_TRUE(comes_true([&] { return b->knows("ann"); }));
    redis->kill();
    const auto bob = add(*b, "bob");
    add(*a, "cid");
    redis->restart();
    EXPECT_TRUE(comes_true([&] { return a->knows("bob") && b->knows("cid"); }));
    // One that comes later reads what the others have put back.
    const auto c = peer("c");
    EXPECT_TRUE(comes_true([&] { return c->knows("ann") && c->knows("bob") && c->knows("cid"); }));
    ASSERT_TRUE(c->directory->sign_out(bob));
    EXPECT_TRUE(comes_true(
        [&] { return a->directory->find_user(bob).value()->tokens_from.has_value(); }));
}

TEST_F(PeersTest, ANodeThatWasAwayKnowsEverythingWhenTheWaitIsOver) {
    const auto a = peer("a");
    auto b = peer("b");
    const auto ann = add(*a, "ann");
    ASSERT_TRUE(comes_true([&] { return b->knows("ann"); }));
    b->peers->stop();
    ASSERT_TRUE(a->directory->set_active(ann, false));
    ASSERT_TRUE(comes_true([&, seen = peer("c")] {
        const auto known = seen->directory->find_user(ann).value();
        return known && !known->active;
    }));
    b->start();
    ASSERT_TRUE(b->peers->wait_for_facts(redis::testing::patience));
    EXPECT_FALSE(b->directory->find_user(ann).value()->active);
}

TEST_F(PeersTest, DoNotWaitForARedisThatIsNotThere) {
    redis->kill();
    const auto a = peer("a");
    EXPECT_FALSE(a->peers->wait_for_facts(redis::testing::patience));
}

TEST_F(PeersTest, ManyFactsComeInSlices) {
    const auto a = peer("a");
    for (int i = 0; i < 300; ++i) add(*a, "user" + std::to_string(i));
    const auto b = peer("b");
    EXPECT_TRUE(comes_true([&] { return b->directory->list_users().value().size() == 300; }));
}

TEST_F(PeersTest, ARevocationLeavesRedisWhenItsTokenExpires) {
    const auto a = peer("a");
    auth::Revocation revocation;
    revocation.jti = "t1";
    revocation.expires_at = now() + 1s;
    ASSERT_TRUE(a->directory->revoke(revocation));
    asio::io_context io;
    const auto connection = redis::testing::await(io, redis::Connection::open(redis->options())).value();
    const auto keys = [&] {
        return redis::testing::await(io, connection->command(redis::Command("DBSIZE")))
            .value().integer()[0];
    };
    EXPECT_TRUE(comes_true([&] { return keys() == 4; }));
    EXPECT_TRUE(comes_true([&] { return keys() == 1; })) << "only the number of the last change";
}

/// As documented_user() of redis_journal_test.cpp: what docs/redis.md says.
std::string documented_rights() {
    std::ifstream page(ROTACAST_SOURCE_FOLDER "/docs/redis.md");
    const std::string begin = "ACL SETUSER ";
    for (std::string line; std::getline(page, line);)
        if (line.starts_with(begin)) return "user " + line.substr(begin.size());
    throw std::runtime_error("docs/redis.md shows no rights");
}

TEST_F(PeersTest, NeedNoMoreRightsThanDocumented) {
    redis = std::make_unique<RedisServer>(
        std::vector{documented_rights(), std::string("user default off")});
    credentials = {"rotacast", "PASSWORD"};
    const auto a = peer("a");
    const auto b = peer("b");
    add(*a, "ann");
    auth::Revocation revocation;
    revocation.jti = "t1";
    revocation.expires_at = now() + 1s;
    ASSERT_TRUE(a->directory->revoke(revocation));
    ASSERT_TRUE(comes_true([&] { return b->knows("ann"); }));
    ASSERT_TRUE(comes_true([&] { return now() > revocation.expires_at; }));
    add(*b, "bob");
    EXPECT_TRUE(comes_true([&] { return a->knows("bob"); }));
}

}  // namespace
}  // namespace rotacast::cluster
