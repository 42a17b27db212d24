#include "execution/heartbeat_subscription.hpp"

#include "graphql/prepared_for_tests.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rotacast::execution {
namespace {

using std::chrono::seconds;

/// A connection whose client may or may not read.
class FakeHost final : public Host {
  public:
    Environment& environment() override { throw std::logic_error("a heartbeat needs none"); }
    net::Loop& loop() override { return loop_; }
    const graphql::MessageEncoder& encoder() const override {
        return graphql::transport_ws_encoder();
    }
    const auth::Principal& principal() const override { return principal_; }
    void send(std::string_view text) override { sent.emplace_back(text); }
    AppendFramed framing() const override { return nullptr; }
    void put(const hub::Frame&) override {}
    void flush() override {}
    bool backlogged() const override { return backlog; }
    void on_fault() noexcept override {}
    void ended(const std::string&) override {}

    bool backlog = false;
    std::vector<std::string> sent;

  private:
    net::Loop loop_{0};
    auth::Principal principal_;
};

struct HeartbeatSubscriptionTest : testing::Test {
    void start() {
        auto made =
            graphql::prepared("subscription { heartbeat(intervalSeconds: 60) { timestamp } }");
        ASSERT_TRUE(made.operation);
        heartbeat.emplace(host, "1", std::move(made.operation));
        heartbeat->start();
    }
    void pass(seconds time) {
        auto tick = host.loop().tick();
        tick.steady += time;
        host.loop().pass_time(tick);
        heartbeat->on_tick(tick.wall);
    }

    FakeHost host;
    std::optional<HeartbeatSubscription> heartbeat;
};

// The answers to several commands of one read are collected, so all but the first find the
// connection backlogged.
TEST_F(HeartbeatSubscriptionTest, BeatsAtOnceOnABackloggedConnection) {
    host.backlog = true;
    start();
    EXPECT_EQ(host.sent.size(), 1u);
}

TEST_F(HeartbeatSubscriptionTest, BeatsOnceForAClientThatReadsAgain) {
    start();
    host.backlog = true;
    for (int beats = 0; beats < 3; ++beats) pass(seconds(60));
    EXPECT_EQ(host.sent.size(), 1u) << "nobody reads them";
    host.backlog = false;
    heartbeat->on_drained();
    EXPECT_EQ(host.sent.size(), 2u) << "the one that is due, and not an interval later";
    heartbeat->on_drained();
    pass(seconds(59));
    EXPECT_EQ(host.sent.size(), 2u);
    pass(seconds(1));
    EXPECT_EQ(host.sent.size(), 3u);
}

}  // namespace
}  // namespace rotacast::execution
