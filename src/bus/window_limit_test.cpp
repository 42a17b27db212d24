#include "bus/window_limit.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using namespace std::chrono_literals;

TEST(WindowLimit, IsWhatTheHandlerDoesInTheTime) {
    WindowLimit limit(1, 256, 200ms);
    EXPECT_EQ(limit.entries(), 16u);
    limit.add(10ms);
    EXPECT_EQ(limit.entries(), 20u);
}

TEST(WindowLimit, HasABoundForFastHandlers) {
    WindowLimit limit(1, 256, 200ms);
    limit.add(0us);
    EXPECT_EQ(limit.entries(), 256u);
}

TEST(WindowLimit, KeepsEachExecutorOfASlowHandlerBusy) {
    WindowLimit limit(4, 256, 200ms);
    limit.add(1h);
    EXPECT_EQ(limit.entries(), 8u);
    WindowLimit small(4, 3, 200ms);
    EXPECT_EQ(small.entries(), 3u);
    small.add(1h);
    EXPECT_EQ(small.entries(), 3u);
}

TEST(WindowLimit, OneSlowAttemptChangesTheAverageLittle) {
    WindowLimit limit(1, 256, 200ms);
    limit.add(10ms);
    limit.add(30ms);  // the average is 11 ms
    EXPECT_EQ(limit.entries(), 18u);
}

TEST(WindowLimit, CountsAttemptsForTheStatistics) {
    WindowLimit limit(1, 256, 200ms);
    limit.add(3ms);
    limit.add(1ms);
    EXPECT_EQ(limit.attempts(), 2);
    EXPECT_EQ(limit.busy(), 4ms);
    EXPECT_EQ(limit.longest(), 3ms);
}

}  // namespace
}  // namespace rotacast::bus
