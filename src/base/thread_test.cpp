#include "base/thread.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include <sys/resource.h>

namespace rotacast {
namespace {

int nice_of_this_thread() {
    return ::getpriority(PRIO_PROCESS, 0);
}

TEST(Thread, GivesWayAloneAndInVainIfItIsTheLastAlready) {
    const int before = nice_of_this_thread();
    int within = 0;
    std::thread([&] {
        give_way();
        within = nice_of_this_thread();
    }).join();
    EXPECT_EQ(within, std::min(before + 10, 19));
    EXPECT_EQ(nice_of_this_thread(), before);
}

TEST(Thread, ExpectingShortTurnsChangesNeitherPriorityNorOthers) {
    const int before = nice_of_this_thread();
    int within = -100;
    std::thread([&] {
        expect_short_turns();
        within = nice_of_this_thread();
    }).join();
    EXPECT_EQ(within, before);
    EXPECT_EQ(nice_of_this_thread(), before);
}

}  // namespace
}  // namespace rotacast
