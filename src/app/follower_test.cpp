#include "app/follower.hpp"

#include "live/encodings.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace rotacast::app {
namespace {

class FollowerTest : public testing::Test {
  protected:
    void hand_on(bus::Offset first, bus::Offset last) {
        auto batch = std::make_shared<bus::EntryBatch>();
        batch->epoch = "e";
        for (auto offset = first; offset <= last; ++offset)
            batch->entries.push_back(
                {offset, {}, "key:test", events::wrap(events::PersonUpdated{})});
        follower.on_entries(batch);
    }

    boost::asio::io_context loop;
    hub::Hub hub{
        {loop.get_executor()}, live::encodings(), {.recent = {}, .position = 4, .epoch = "e"}};
    Follower follower{hub, {.epoch = "e", .first = 1, .last = 4, .writable = true, .reason = ""}};
    int called = 0;
};

TEST_F(FollowerTest, CallsTheWaiterOnceWhenItsEntryWasPassedOn) {
    follower.when_shown(6, [this] { ++called; });
    hand_on(5, 5);
    EXPECT_EQ(called, 0);
    hand_on(6, 7);
    EXPECT_EQ(called, 1);
    hand_on(8, 8);
    EXPECT_EQ(called, 1);
}

TEST_F(FollowerTest, CallsTheWaiterWhenTheJournalHasLostItsEntry) {
    follower.when_shown(6, [this] { ++called; });
    auto told = std::make_shared<bus::EntryBatch>();
    told->epoch = "f";
    told->last = 3;
    follower.on_entries(told);
    EXPECT_EQ(called, 1);
    loop.run();
    EXPECT_EQ(hub.on_loop(0).recent().cursor_at({hub.on_loop(0).recent().position()}), "f.3");
}

TEST_F(FollowerTest, CallsAtOnceForAnEntryAlreadyPassedOn) {
    follower.when_shown(4, [this] { ++called; });
    EXPECT_EQ(called, 1);
}

}  // namespace
}  // namespace rotacast::app
