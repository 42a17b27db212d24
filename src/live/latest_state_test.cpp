#include "live/latest_state.hpp"

#include "live/catch_up_for_tests.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace rotacast::live {
namespace {

class Anybody final : public hub::Subscriber {
  public:
    Anybody() : Subscriber(0) {}
    void deliver(const hub::Frame&) override {}
    bool may_receive(const Topic&) const override { return true; }
    Uuid user() const override { return {}; }
};

/// A journal of three entries about two subjects.
struct LatestStateTest : testing::Test {
    void start() {
        for (const unsigned subject : {1U, 2U, 1U})
            journal.entries[++journal.last].emplace_back(static_cast<std::uint8_t>(subject),
                                                         Topic::everybody());
        server.hand_over(journal.last);
        search = std::make_shared<LatestState>(
            server.loop,
            server.hub,
            server.history,
            client,
            100,
            [this] { return backlog; },
            [this](Result<LatestFound> result) { found = std::move(result).value(); });
        search->start();
        server.loop.poll();
    }

    ModelJournal journal;
    Server server{journal, 20};
    Anybody client;
    bool backlog = false;
    std::optional<LatestFound> found;
    std::shared_ptr<LatestState> search;
};

TEST_F(LatestStateTest, FindsTheLastEventOfEachSubject) {
    start();
    ASSERT_TRUE(found);
    ASSERT_EQ(found->events.size(), 2u);
    EXPECT_EQ(found->events[0].publication().position.offset, 2u);
    EXPECT_EQ(found->events[1].publication().position.offset, 3u);
    EXPECT_EQ(found->from, 0u);
    EXPECT_EQ(found->up_to, 3u);
}

// The result may be larger than the client's queue, so it goes directly to the socket.
TEST_F(LatestStateTest, WaitsUntilTheClientHasReadWhatWaits) {
    backlog = true;
    start();
    search->proceed();
    EXPECT_FALSE(found);
    backlog = false;
    search->proceed();
    EXPECT_TRUE(found);
}

}  // namespace
}  // namespace rotacast::live
