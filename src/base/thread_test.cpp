#include "base/thread.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <thread>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace rotacast {
namespace {

int nice_of_this_thread() {
    return ::getpriority(PRIO_PROCESS, 0);
}

TEST(Thread, GivesWayWithoutAffectingOtherThreadsAndUpToTheLowestPriority) {
    const int before = nice_of_this_thread();
    int within = 0;
    std::thread([&] {
        give_way();
        within = nice_of_this_thread();
    }).join();
    EXPECT_EQ(within, std::min(before + 10, 19));
    EXPECT_EQ(nice_of_this_thread(), before);
}

/// Returns 0 if the system does not support slices or does not report them.
std::uint64_t slice_of_this_thread() {
    // struct sched_attr, sched_setattr(2): the fourth word is the slice in ns.
    std::array<std::uint64_t, 6> attributes{};
    if (::syscall(SYS_sched_getattr, 0, attributes.data(), sizeof attributes, 0) != 0) return 0;
    return attributes[3];
}

TEST(Thread, ExpectsShortTurnsWithoutAffectingOtherThreadsOrItsPriority) {
    const auto before = slice_of_this_thread();
    const int nice_before = nice_of_this_thread();
    std::uint64_t within = 0;
    int nice_within = -100;
    std::thread([&] {
        expect_short_turns();
        within = slice_of_this_thread();
        nice_within = nice_of_this_thread();
    }).join();
    EXPECT_EQ(nice_within, nice_before);
    EXPECT_EQ(slice_of_this_thread(), before);
    EXPECT_EQ(within, before == 0 ? 0 : 100'000u);
}

}  // namespace
}  // namespace rotacast
