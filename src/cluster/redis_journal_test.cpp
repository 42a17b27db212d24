#include "cluster/redis_journal.hpp"

#include "redis/redis_server_for_tests.hpp"
#include "store/journal_requests_for_tests.hpp"
#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace rotacast::cluster {
namespace {

using namespace std::string_literals;
using bus::append;
using bus::append_now;
using bus::Followed;
using bus::one_event;
using bus::request_of;
using bus::some_event;
using redis::testing::RedisServer;

/// A node of the cluster on one Redis.
struct Node {
    Node(std::string file,
         std::string name,
         const RedisServer& redis,
         redis::Credentials credentials,
         Milliseconds settle)
        : path(std::move(file)),
          name_(std::move(name)),
          port_(redis.port()),
          credentials_(std::move(credentials)),
          settle_(settle) {
        start();
    }

    void start() {
        RedisJournalOptions options;
        options.order.ordering.node = node_identifier(path).value();
        options.order.ordering.name = name_;
        options.order.ordering.version = "test";
        options.order.ordering.settle = settle_;
        redis::Target target;
        target.addresses = {{"127.0.0.1", port_}};
        target.connection.credentials = credentials_;
        auto connector = std::make_shared<redis::Connector>(target);
        options.order.open = [connector] { return connector->open(); };
        journal = RedisJournal::open(path, options).value();
        followed = std::make_unique<Followed>(*journal);
    }

    void stop() {
        journal.reset();
        followed.reset();
    }

    bool has(bus::Offset last) const { return journal->state().last >= last; }
    bool is_online() const { return journal->status()->stage == Stage::online; }

    const std::string path;
    std::unique_ptr<Followed> followed;
    std::unique_ptr<RedisJournal> journal;

  private:
    std::string name_;
    std::uint16_t port_;
    redis::Credentials credentials_;
    Milliseconds settle_;
};

template <class Condition>
bool wait_until(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + redis::testing::patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

class RedisJournalTest : public testing::Test {
  protected:
    void start_nodes(int count, Milliseconds settle = Milliseconds(300)) {
        for (int i = 1; i <= count; ++i) {
            const auto name = "n" + std::to_string(i);
            nodes.push_back(std::make_unique<Node>(
                folder.file(name + ".db"), name, *redis, credentials, settle));
        }
        for (auto& node : nodes) ASSERT_TRUE(wait_until([&] { return node->is_online(); }));
    }

    /// Offset and event of all entries.
    static std::vector<std::pair<bus::Offset, Uuid>> order_of(const Node& node) {
        std::vector<std::pair<bus::Offset, Uuid>> order;
        const auto batch = node.journal->read(0, 100'000).value();
        for (const auto& entry : batch->entries)
            order.emplace_back(entry.offset, *entry.envelope.metadata.event_id);
        return order;
    }

    void expect_one_order(std::size_t entries) {
        for (auto& node : nodes)
            ASSERT_TRUE(wait_until([&] { return order_of(*node).size() >= entries; }))
                << order_of(*node).size() << " of " << entries << ", "
                << node->journal->status()->outbox_rows << " in the outbox";
        const auto order = order_of(*nodes[0]);
        EXPECT_EQ(order.size(), entries);
        std::set<Uuid> events;
        for (std::size_t i = 0; i < order.size(); ++i) {
            EXPECT_EQ(order[i].first, i + 1);
            events.insert(order[i].second);
        }
        EXPECT_EQ(events.size(), entries) << "an event is there twice";
        for (auto& node : nodes) EXPECT_EQ(order_of(*node), order);
    }

    store::ScratchDirectory folder;
    redis::Credentials credentials;
    std::unique_ptr<RedisServer> redis = std::make_unique<RedisServer>();
    std::vector<std::unique_ptr<Node>> nodes;
};

TEST_F(RedisJournalTest, GivesEveryNodeEveryEventInOneOrder) {
    start_nodes(3);
    std::vector<std::future<Result<bus::Receipts>>> answers;
    answers.reserve(300);
    for (int i = 0; i < 300; ++i)
        answers.push_back(append(*nodes[static_cast<std::size_t>(i % 3)]->journal, one_event()));
    std::set<bus::Offset> offsets;
    for (auto& answer : answers) offsets.insert(answer.get().value()[0].offset);
    EXPECT_EQ(offsets.size(), 300U);
    expect_one_order(300);
    for (auto& node : nodes) {
        std::vector<bus::Offset> dense(300);
        for (std::size_t i = 0; i < dense.size(); ++i) dense[i] = i + 1;
        EXPECT_EQ(node->followed->offsets(), dense);
        EXPECT_EQ(node->journal->state().epoch, nodes[0]->journal->state().epoch);
    }
}

TEST_F(RedisJournalTest, PassesTheEntryOnBeforeItAnswers) {
    start_nodes(1);
    for (int i = 0; i < 20; ++i) {
        const auto receipts = append_now(*nodes[0]->journal, one_event()).value();
        EXPECT_EQ(nodes[0]->followed->offsets().back(), receipts[0].offset);
    }
}

TEST_F(RedisJournalTest, StoresARequestOnceHoweverOftenAndWhereverItIsSent) {
    start_nodes(2);
    auto request = request_of({some_event(), some_event()});
    request.idempotency_key = "a key";
    request.content_digest = "digest";
    std::vector<std::future<Result<bus::Receipts>>> answers;
    for (std::size_t i = 0; i < 100; ++i)
        answers.push_back(append(*nodes[i % 2]->journal, request));
    int first = 0;
    for (auto& answer : answers) {
        const auto receipts = answer.get().value();
        ASSERT_EQ(receipts.size(), 2U);
        EXPECT_EQ(receipts[0].offset, 1U);
        EXPECT_EQ(receipts[1].offset, 2U);
        if (!receipts[0].duplicate) ++first;
    }
    EXPECT_EQ(first, 1);
    auto other = request_of({some_event()});
    other.idempotency_key = "a key";
    other.content_digest = "another digest";
    const auto refused = append_now(*nodes[1]->journal, other);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::idempotency_conflict);
    expect_one_order(2);
}

TEST_F(RedisJournalTest, ChecksExpectedVersionsAcrossNodes) {
    start_nodes(2);
    const auto first = append_now(*nodes[0]->journal, one_event("s1")).value()[0];
    ASSERT_TRUE(wait_until([&] { return nodes[1]->has(first.offset); }));
    const auto epoch = nodes[1]->journal->state().epoch;
    EXPECT_TRUE(
        append_now(*nodes[1]->journal, bus::following(first.offset, epoch, some_event("s1")))
            .has_value());
    const auto late =
        append_now(*nodes[0]->journal, bus::following(first.offset, epoch, some_event("s1")));
    ASSERT_TRUE(late.has_error());
    EXPECT_EQ(late.error().code, ErrorCode::version_conflict);
    EXPECT_EQ(late.error().path, "/0/expected_version");
}

TEST_F(RedisJournalTest, TakesEventsWithoutRedisAndOrdersThemLater) {
    start_nodes(2);
    ASSERT_TRUE(append_now(*nodes[0]->journal, one_event()));
    redis->kill();
    for (int i = 0; i < 50; ++i)
        for (auto& node : nodes) {
            const auto receipts = append_now(*node->journal, one_event()).value();
            EXPECT_EQ(receipts[0].offset, 1U);
            EXPECT_FALSE(receipts[0].ordered);
        }
    for (auto& node : nodes) {
        const std::scoped_lock lock(node->followed->mutex);
        EXPECT_EQ(node->followed->unordered.size(), 50U) << "shown to its own people at once";
        EXPECT_EQ(node->followed->entries.size(), 1U);
    }
    redis->restart();  // without its data
    expect_one_order(101);
    EXPECT_TRUE(wait_until([&] { return nodes[0]->journal->status()->outbox_rows == 0; }));
}

TEST_F(RedisJournalTest, KeepsTheEpochWhenEverybodyReturns) {
    start_nodes(3, redis::testing::patience);
    for (auto& node : nodes) ASSERT_TRUE(append_now(*node->journal, one_event()));
    expect_one_order(3);
    const auto epoch = nodes[0]->journal->state().epoch;
    redis->kill();
    redis->restart();
    for (auto& node : nodes) ASSERT_TRUE(wait_until([&] { return node->is_online(); }));
    EXPECT_EQ(append_now(*nodes[2]->journal, one_event()).value()[0].offset, 4U);
    expect_one_order(4);
    EXPECT_EQ(nodes[0]->journal->state().epoch, epoch);
}

/// The line of docs/redis.md that gives a user its rights, as a line of redis.conf.
std::string documented_user() {
    std::ifstream page(ROTACAST_SOURCE_FOLDER "/docs/redis.md");
    const std::string begin = "ACL SETUSER ";
    for (std::string line; std::getline(page, line);)
        if (line.starts_with(begin)) return "user " + line.substr(begin.size());
    throw std::runtime_error("docs/redis.md shows no rights");
}

TEST_F(RedisJournalTest, NeedsNoMoreRightsThanDocumented) {
    redis = std::make_unique<RedisServer>(std::vector{documented_user(), "user default off"s});
    credentials = {"rotacast", "PASSWORD"};
    start_nodes(2);
    ASSERT_TRUE(append_now(*nodes[0]->journal, one_event()));
    redis->kill();
    ASSERT_TRUE(append_now(*nodes[1]->journal, one_event()));
    redis->restart();
    expect_one_order(2);
}

TEST_F(RedisJournalTest, NoticesARedisThatAnswersNothing) {
    start_nodes(1);
    redis->freeze();
    const auto receipts = append_now(*nodes[0]->journal, one_event()).value();
    EXPECT_FALSE(receipts[0].ordered);
    EXPECT_FALSE(nodes[0]->journal->state().ordered);
    redis->thaw();
    expect_one_order(1);
}

TEST_F(RedisJournalTest, GoesOnAfterARestartWithoutRedis) {
    start_nodes(2);
    ASSERT_TRUE(append_now(*nodes[0]->journal, one_event()));
    redis->kill();
    ASSERT_TRUE(append_now(*nodes[0]->journal, one_event()));
    nodes[0]->stop();
    nodes[0]->start();
    EXPECT_EQ(nodes[0]->journal->status()->outbox_rows, 1U);
    ASSERT_TRUE(append_now(*nodes[0]->journal, one_event()));
    redis->restart();
    expect_one_order(3);
}

TEST_F(RedisJournalTest, AnswersEverythingWhenItIsClosed) {
    start_nodes(1);
    redis->freeze();
    std::vector<std::future<Result<bus::Receipts>>> answers;
    answers.reserve(20);
    for (int i = 0; i < 20; ++i) answers.push_back(append(*nodes[0]->journal, one_event()));
    nodes[0]->journal->close();
    for (auto& answer : answers) {
        ASSERT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
        const auto receipts = answer.get();
        EXPECT_TRUE(receipts.has_value() || receipts.error().code == ErrorCode::unavailable);
    }
    redis->thaw();
}

}  // namespace
}  // namespace rotacast::cluster
