#include "cluster/peers.hpp"

#include "redis/redis_server_for_tests.hpp"
#include "redis/sentinel.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <mutex>

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
        peers->on_notes(
            "desk", [this](const std::string&, const std::string& name, const NoteValue& value) {
                const std::scoped_lock lock(mutex);
                if (value)
                    desks[name] = *value;
                else
                    desks.erase(name);
            });
        peers->start();
    }

    std::map<std::string, std::string> seen() {
        const std::scoped_lock lock(mutex);
        return desks;
    }

    bool knows(const std::string& name) const {
        return directory->find_user_by_name(name).value().has_value();
    }

    const std::string path;
    redis::Target target;
    std::mutex mutex;
    std::map<std::string, std::string> desks;  // notes of others
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
    EXPECT_TRUE(
        comes_true([&] { return a->directory->find_user(bob).value()->tokens_from.has_value(); }));
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
    const auto connection =
        redis::testing::await(io, redis::Connection::open(redis->options())).value();
    const auto count = [&](const redis::Command& command) {
        return *redis::testing::await(io, connection->command(command)).value().integer();
    };
    const redis::Command exists("EXISTS", "{rotacast}:fact:revoked_token:t1");
    const redis::Command changes("ZCARD", "{rotacast}:facts_changed");
    EXPECT_TRUE(comes_true([&] { return count(exists) == 1 && count(changes) == 1; }));
    EXPECT_TRUE(comes_true([&] { return count(exists) == 0 && count(changes) == 0; }));
}

using Desks = std::map<std::string, std::string>;

TEST_F(PeersTest, NotesAreSeenByOthersUntilTheyAreWithdrawn) {
    const auto a = peer("a");
    const auto b = peer("b");
    a->peers->put_note("desk:1", "ann");
    a->peers->put_note("desk:2", "bob");
    a->peers->put_note("chair:1", "of no interest");
    ASSERT_TRUE(comes_true([&] { return b->seen() == Desks{{"1", "ann"}, {"2", "bob"}}; }));
    a->peers->put_note("desk:1", "cid");
    a->peers->put_note("desk:2", std::nullopt);
    EXPECT_TRUE(comes_true([&] { return b->seen() == Desks{{"1", "cid"}}; }));
    EXPECT_TRUE(a->seen().empty()) << "its own";
    const auto c = peer("c");
    EXPECT_TRUE(comes_true([&] { return c->seen() == Desks{{"1", "cid"}}; }));
    a->peers->stop();
    EXPECT_TRUE(comes_true([&] { return b->seen().empty() && c->seen().empty(); }));
}

TEST_F(PeersTest, NotesSurviveARestartOfRedisWithoutData) {
    const auto a = peer("a");
    const auto b = peer("b");
    a->peers->put_note("desk:1", "ann");
    a->peers->put_note("desk:2", "bob");
    ASSERT_TRUE(comes_true([&] { return b->seen().size() == 2; }));
    redis->kill();
    a->peers->put_note("desk:2", std::nullopt);
    a->peers->put_note("desk:3", "cid");
    redis->restart();
    EXPECT_TRUE(comes_true([&] { return b->seen() == Desks{{"1", "ann"}, {"3", "cid"}}; }));
}

TEST_F(PeersTest, NotesOfANodeThatDiesEndWithItsLease) {
    const auto a = peer("a");
    const auto b = peer("b");
    const auto patient_options = redis->options();
    asio::io_context io;
    const auto connection =
        redis::testing::await(io, redis::Connection::open(patient_options)).value();
    // A node that was killed: it has a lease, and says nothing any more.
    const redis::Command lives("ZADD", "{rotacast}:notes_nodes", "9999999999999", "dead.1");
    const redis::Command note("HSET", "{rotacast}:notes:dead.1", "desk:9", "eve");
    const redis::Command change("ZADD", "{rotacast}:notes_changed", "1", "dead.1 desk:9");
    const redis::Command number("HSET", "{rotacast}:notes", "number", "1");
    for (const auto* command : {&lives, &note, &change, &number})
        ASSERT_TRUE(redis::testing::await(io, connection->command(*command)));
    ASSERT_TRUE(comes_true([&] {
        return a->seen() == Desks{{"9", "eve"}} && b->seen() == a->seen();
    }));
    const redis::Command over("ZADD", "{rotacast}:notes_nodes", "1", "dead.1");
    ASSERT_TRUE(redis::testing::await(io, connection->command(over)));
    EXPECT_TRUE(comes_true([&] { return a->seen().empty() && b->seen().empty(); }));
    const redis::Command left("EXISTS", "{rotacast}:notes:dead.1");
    EXPECT_EQ(*redis::testing::await(io, connection->command(left)).value().integer(), 0);
}

TEST_F(PeersTest, ANodeThatWasSilentForLongerThanItsLeaseBeginsAnew) {
    const auto a = peer("a");
    const auto b = peer("b");
    a->peers->put_note("desk:1", "ann");
    ASSERT_TRUE(comes_true([&] { return b->seen().size() == 1; }));
    asio::io_context io;
    const auto connection =
        redis::testing::await(io, redis::Connection::open(redis->options())).value();
    const redis::Command forget("DEL", "{rotacast}:notes_nodes");
    ASSERT_TRUE(redis::testing::await(io, connection->command(forget)));
    a->peers->put_note("desk:2", "bob");
    EXPECT_TRUE(comes_true([&] { return b->seen() == Desks{{"1", "ann"}, {"2", "bob"}}; }));
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
    a->peers->put_note("desk:1", "ann");
    a->peers->put_note("desk:2", "bob");
    ASSERT_TRUE(comes_true([&] { return b->knows("ann") && b->seen().size() == 2; }));
    a->peers->put_note("desk:1", std::nullopt);
    ASSERT_TRUE(comes_true([&] { return b->seen().size() == 1; }));
    b->peers->put_note("desk:3", "cid");
    ASSERT_TRUE(comes_true([&] { return a->seen().size() == 1; }));
    ASSERT_TRUE(comes_true([&] { return now() > revocation.expires_at; }));
    add(*b, "bob");
    EXPECT_TRUE(comes_true([&] { return a->knows("bob"); }));
    b->peers->stop();
    EXPECT_TRUE(comes_true([&] { return a->seen().empty(); }));
}

}  // namespace
}  // namespace rotacast::cluster
