// How a connection is kept: when it is replaced, how long that waits, and how it stops.

#include "redis/kept_connection.hpp"

#include "redis/connection_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rotacast::redis {
namespace {

using namespace std::chrono_literals;
using testing::FakeServer;
using testing::healthy_begin;
using testing::RedisServer;

constexpr RetryPolicy at_once{.first_wait = 0ms, .jitter = Jitter::none};
constexpr RetryPolicy never{.first_wait = 10h, .wait_max = 10h, .jitter = Jitter::none};
constexpr RetryPolicy once{
    .first_wait = 1ms, .factor = 36e6, .wait_max = 10h, .jitter = Jitter::none};

class KeptConnectionTest : public testing::RedisTest {
  protected:
    KeptConnectionTest() {
        events.connected = [this] { told.emplace_back("connected"); };
        events.disconnected = [this](const Refusal& why) {
            told.push_back("disconnected: " + std::string(to_string(why.kind)));
        };
        events.unreachable = [this](const Refusal& why) {
            told.push_back("unreachable: " + std::string(to_string(why.kind)));
        };
    }
    ~KeptConnectionTest() override {
        if (kept) kept->stop();
        EXPECT_TRUE(is_idle_at_last()) << "something is open after stop()";
    }

    void keep(const ConnectionOptions& options, Waits waits) {
        kept = std::make_shared<KeptConnection>(
            io.get_executor(), [this, options] { return open_another(options); }, events, waits);
        kept->start();
    }
    asio::awaitable<Opened> open_another(ConnectionOptions options) {
        ++attempts;
        auto opened = co_await Connection::open(std::move(options));
        if (opened) connections.push_back(*opened);
        if (on_opened) on_opened();
        co_return opened;
    }
    /// Makes the attempts from the first on end with these refusals; none: ready.
    void prepare_with(std::vector<std::optional<RefusalKind>> kinds) {
        events.prepare = [this, kinds = std::move(kinds)](Connection&) {
            const auto kind = kinds.at(attempts - 1);
            return answer(kind ? std::optional(refusal(*kind)) : std::nullopt);
        };
    }
    static asio::awaitable<std::optional<Refusal>> answer(std::optional<Refusal> refused) {
        co_return refused;
    }

    bool is_told(std::size_t count) {
        return testing::run_until(io, [&] { return told.size() >= count; });
    }
    /// Does all that can be done now, without waiting.
    void settle() {
        io.restart();
        while (io.poll() > 0) continue;
    }
    bool is_idle_at_last() {
        io.restart();
        io.run_for(testing::patience);
        return io.stopped();
    }

    KeptConnection::Events events;
    std::shared_ptr<KeptConnection> kept;
    std::function<void()> on_opened;
    std::vector<ConnectionPtr> connections;  // all that were opened
    std::size_t attempts = 0;
    std::vector<std::string> told;
};

using Told = std::vector<std::string>;

TEST_F(KeptConnectionTest, IsReplacedWhenItEnds) {
    RedisServer server;
    keep(server.options(), {at_once, never});
    ASSERT_TRUE(is_told(1));
    EXPECT_EQ(*ask(kept->get(), "PING")->text(), "PONG");
    server.kill();
    ASSERT_TRUE(is_told(3));
    EXPECT_FALSE(kept->get());
    server.restart();
    ASSERT_TRUE(testing::run_until(io, [&] { return told.back() == "connected"; }));
    EXPECT_EQ(*ask(kept->get(), "PING")->text(), "PONG");
    told.erase(std::unique(told.begin(), told.end()), told.end());
    EXPECT_EQ(told,
              (Told{"connected", "disconnected: broken", "unreachable: unreachable", "connected"}));
}

TEST_F(KeptConnectionTest, IsNotSeenBeforeItIsPrepared) {
    FakeServer server(io, healthy_begin());
    bool is_seen = true;
    events.prepare = [&](Connection&) {
        is_seen = kept->get() != nullptr;
        return answer(std::nullopt);
    };
    keep(server.options(), {never, never});
    ASSERT_TRUE(is_told(1));
    EXPECT_FALSE(is_seen);
    EXPECT_EQ(kept->get(), connections.at(0));
}

TEST_F(KeptConnectionTest, IsClosedIfItCannotBePreparedAndThePauseIsKept) {
    FakeServer server(io, healthy_begin());
    prepare_with({RefusalKind::too_many_clients});
    keep(server.options(), {never, at_once});
    ASSERT_TRUE(is_told(1));
    EXPECT_FALSE(connections.at(0)->is_open());
    settle();
    EXPECT_EQ(attempts, 1u);
    EXPECT_EQ(told, Told{"unreachable: too_many_clients"});
}

TEST_F(KeptConnectionTest, WaitsApartForWhatSomebodyHasToMend) {
    FakeServer server(io, healthy_begin());
    using enum RefusalKind;
    prepare_with({read_only, read_only, not_permitted});
    keep(server.options(), {at_once, never});
    ASSERT_TRUE(is_told(3));
    settle();
    EXPECT_EQ(attempts, 3u);
}

TEST_F(KeptConnectionTest, WaitsLongerUntilItIsProven) {
    FakeServer server(io, healthy_begin());
    for (const auto kind : {RefusalKind::read_only, RefusalKind::not_permitted}) {
        if (kept) kept->stop();
        told.clear();
        attempts = 0;
        prepare_with({kind, std::nullopt, std::nullopt});
        keep(server.options(), {once, once});
        ASSERT_TRUE(is_told(2));
        kept->proven();
        kept->replace(refusal(kind));
        ASSERT_TRUE(is_told(4));
        kept->replace(refusal(kind));
        ASSERT_TRUE(is_told(5));
        settle();
        EXPECT_EQ(attempts, 3u);
        const auto lost = "disconnected: " + std::string(to_string(kind));
        EXPECT_EQ(std::vector(told.begin() + 1, told.end()),
                  (Told{"connected", lost, "connected", lost}));
    }
}

TEST_F(KeptConnectionTest, ThatEndsWhileItIsPreparedWasNotConnected) {
    FakeServer server(io, healthy_begin());
    events.prepare = [this](Connection&) {
        kept->replace(refusal(RefusalKind::silent));
        return answer(std::nullopt);
    };
    keep(server.options(), {never, never});
    ASSERT_TRUE(is_told(1));
    EXPECT_EQ(told, Told{"unreachable: silent"});
}

TEST_F(KeptConnectionTest, ThatIsStoppedWhileItOpensIsClosed) {
    RedisServer server;
    on_opened = [this] { kept->stop(); };
    keep(server.options(), {at_once, at_once});
    EXPECT_TRUE(is_idle_at_last());
    EXPECT_FALSE(connections.at(0)->is_open());
    EXPECT_EQ(told, Told{});
}

TEST_F(KeptConnectionTest, MayBeStoppedByWhatItTells) {
    RedisServer server;
    for (const bool when_ready : {true, false}) {
        attempts = 0;
        const auto stop = [this, big = std::string(100, 'x')] {
            kept->stop();
            told.push_back(big);  // its captures are still there
        };
        events.connected = stop;
        events.unreachable = [stop](const Refusal&) { stop(); };
        prepare_with({when_ready ? std::nullopt : std::optional(RefusalKind::read_only)});
        keep(server.options(), {at_once, at_once});
        EXPECT_TRUE(is_idle_at_last());
    }
    EXPECT_EQ(told.size(), 2u);
}

TEST_F(KeptConnectionTest, NotesAReasonOnceUntilItIsProven) {
    kept = std::make_shared<KeptConnection>(io.get_executor(), nullptr, events);
    EXPECT_TRUE(kept->note("a"));
    EXPECT_FALSE(kept->note("a"));
    EXPECT_TRUE(kept->note("b"));
    EXPECT_TRUE(kept->note("a"));
    kept->proven();
    EXPECT_TRUE(kept->note("a"));
}

}  // namespace
}  // namespace rotacast::redis
