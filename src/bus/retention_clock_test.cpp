#include "bus/retention_clock.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using namespace std::chrono_literals;

class RetentionClockTest : public testing::Test {
  protected:
    Timestamp look() { return clock.look(wall, steady); }
    void pass(std::chrono::milliseconds time) {
        wall += time;
        steady += time;
    }

    static constexpr Timestamp start{24h * 20'000};
    Timestamp wall = start;
    SteadyTime steady{1h};
    RetentionClock clock{start};
};

TEST_F(RetentionClockTest, FollowsTheWallClock) {
    EXPECT_EQ(look(), start);
    pass(24h * 30);
    EXPECT_EQ(look(), start + 24h * 30);
    wall -= 24h * 300;
    EXPECT_EQ(look(), wall) << "set back it keeps more, and does no harm";
    wall += 50min;
    EXPECT_EQ(look(), wall);
    EXPECT_FALSE(clock.doubts());
}

TEST_F(RetentionClockTest, DoesNotFollowALeapAhead) {
    look();
    wall += 24h * 3650;
    EXPECT_EQ(look(), start);
    EXPECT_TRUE(clock.doubts());
    pass(2h);
    EXPECT_EQ(look(), start + 2h);
    wall -= 24h * 3650;
    EXPECT_EQ(look(), start + 2h);
    EXPECT_FALSE(clock.doubts());
    pass(24h);
    EXPECT_EQ(look(), start + 26h);
}

TEST_F(RetentionClockTest, AcceptsALeapThatLastsForADay) {
    look();
    wall += 24h * 100;
    look();
    for (int hour = 1; hour < 24; ++hour) {
        pass(1h);
        EXPECT_EQ(look(), start + hour * 1h);
    }
    pass(1h);
    EXPECT_EQ(look(), start + 24h * 101);
    EXPECT_FALSE(clock.doubts());
}

TEST_F(RetentionClockTest, DoubtsAClockFarAheadOfTheNewestEntryAtTheStart) {
    wall += 24h * 3650;
    EXPECT_EQ(look(), start);
    RetentionClock without(std::nullopt);
    EXPECT_EQ(without.look(wall, steady), wall) << "an empty journal has nothing to lose";
}

}  // namespace
}  // namespace rotacast::bus
