#include "bus/crash_quarantine.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime start{};

TEST(CrashQuarantine, OneSubscriberHoldsItUntilItLeavesOrItsTimeEnds) {
    CrashQuarantine quarantine;
    EXPECT_TRUE(quarantine.free_for(1, start));
    quarantine.take(1, start);
    EXPECT_TRUE(quarantine.free_for(1, start));
    EXPECT_FALSE(quarantine.free_for(2, start));
    EXPECT_TRUE(quarantine.free_for(2, quarantine.until()));
    quarantine.leave(2);
    EXPECT_FALSE(quarantine.free_for(2, start)) << "only the holder can leave it";
    quarantine.leave(1);
    EXPECT_TRUE(quarantine.free_for(2, start));
}

TEST(CrashQuarantine, AnIsolatedRunHoldsUpAllOthersForABoundedTime) {
    CrashQuarantine quarantine;
    quarantine.take(1, start);
    EXPECT_FALSE(quarantine.holds_up(2, start)) << "others may run beside a suspect";
    EXPECT_FALSE(quarantine.isolate(start + 1ms)) << "others may have started in this cycle";
    EXPECT_TRUE(quarantine.isolate(start + 2ms));
    EXPECT_EQ(quarantine.until(), start + 1ms + CrashQuarantine::hold_max);
    EXPECT_TRUE(quarantine.holds_up(2, start + 2ms));
    EXPECT_FALSE(quarantine.holds_up(1, start + 2ms));
    quarantine.start(start + 3ms);
    EXPECT_TRUE(quarantine.holds_up(2, start + CrashQuarantine::hold_max + 2ms));
    EXPECT_FALSE(quarantine.holds_up(2, start + CrashQuarantine::hold_max + 3ms));
}

}  // namespace
}  // namespace rotacast::bus
