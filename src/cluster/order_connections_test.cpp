#include "cluster/order_connections.hpp"

#include "redis/connection_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

using namespace std::chrono_literals;
using redis::RefusalKind;
using redis::testing::RedisServer;

class OrderConnectionsTest : public redis::testing::RedisTest {
  protected:
    OrderConnectionsTest() {
        events.connected = [this] { told.emplace_back("connected"); };
        events.disconnected = [this](const redis::Refusal& why) {
            told.push_back("disconnected: " + std::string(to_string(why.kind)));
            EXPECT_FALSE(connections->calls());
            EXPECT_FALSE(connections->reads());
        };
        events.unreachable = [this](const redis::Refusal& why) {
            told.push_back("unreachable: " + why.message);
        };
        connections = std::make_shared<OrderConnections>(
            io.get_executor(), [this] { return open_next(); }, copies_of_events());
    }
    ~OrderConnectionsTest() override {
        connections->stop();
        EXPECT_TRUE(is_idle_at_last()) << "something is open after stop()";
    }

    /// What a test sets later counts, too.
    OrderConnections::Events copies_of_events() {
        OrderConnections::Events copies = events;
        copies.prepare = [this](redis::Connection&) { return answer(refusal); };
        return copies;
    }
    static asio::awaitable<std::optional<redis::Refusal>> answer(
        std::optional<redis::Refusal> refused) {
        co_return refused;
    }
    asio::awaitable<redis::Opened> open_next() {
        const auto& server = opened.size() % 2 == 1 && other ? *other : redis;
        opened.push_back((co_await redis::Connection::open(server.options())).value());
        if (opened.size() == stop_at) connections->stop();
        co_return opened.back();
    }

    bool is_told(std::size_t count) {
        return redis::testing::run_until(io, [&] { return told.size() >= count; });
    }
    bool is_idle_at_last() {
        io.restart();
        io.run_for(redis::testing::patience);
        return io.stopped();
    }
    void expect_closed(std::size_t first, std::size_t last) const {
        for (auto i = first; i <= last; ++i) EXPECT_FALSE(opened.at(i)->is_open()) << i;
    }

    RedisServer redis;
    std::optional<RedisServer> other;  // where every second connection leads
    OrderConnections::Events events;
    std::optional<redis::Refusal> refusal;  // of what prepares
    std::size_t stop_at = 0;
    std::shared_ptr<OrderConnections> connections;
    std::vector<redis::ConnectionPtr> opened;
    std::vector<std::string> told;
};

using Told = std::vector<std::string>;

TEST_F(OrderConnectionsTest, AreBothReplacedWhenOneEnds) {
    connections->start();
    ASSERT_TRUE(is_told(1));
    EXPECT_EQ(connections->calls(), opened.at(0).get());
    EXPECT_EQ(connections->reads(), opened.at(1).get());
    opened.at(1)->close();
    ASSERT_TRUE(is_told(3));
    expect_closed(0, 1);
    opened.at(2)->close();
    ASSERT_TRUE(is_told(5));
    expect_closed(2, 3);
    connections->replace();
    ASSERT_TRUE(is_told(7));
    expect_closed(4, 5);
    EXPECT_EQ(connections->calls(), opened.at(6).get());
    EXPECT_EQ(connections->reads(), opened.at(7).get());
    const Told twice{"connected", "disconnected: closed"};
    for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], twice[i % 2]);
}

TEST_F(OrderConnectionsTest, AreOfNoUseAtDifferentServers) {
    other.emplace();
    connections->start();
    ASSERT_TRUE(is_told(1));
    EXPECT_NE(told[0].find("The primary changed meanwhile"), std::string::npos) << told[0];
    expect_closed(0, 1);
    EXPECT_FALSE(connections->calls());
    EXPECT_FALSE(connections->reads());
}

TEST_F(OrderConnectionsTest, AreBothClosedIfTheyCannotBePrepared) {
    refusal = redis::refusal(RefusalKind::not_permitted);
    connections->start();
    ASSERT_TRUE(is_told(1));
    expect_closed(0, 1);
}

TEST_F(OrderConnectionsTest, ThatAreStoppedWhileTheyOpenAreClosed) {
    for (stop_at = 1; stop_at <= 2; ++stop_at) {
        opened.clear();
        connections = std::make_shared<OrderConnections>(
            io.get_executor(), [this] { return open_next(); }, copies_of_events());
        connections->start();
        EXPECT_TRUE(is_idle_at_last());
        expect_closed(0, stop_at - 1);
    }
    EXPECT_EQ(told, Told{});
}

}  // namespace
}  // namespace rotacast::cluster
