#include "base/retry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace rotacast {
namespace {

using namespace std::chrono_literals;

TEST(Retry, WaitsTwoFourEightSecondsByDefault) {
    const RetryPolicy policy;
    EXPECT_EQ(wait_after(policy, 1, 0.5), 2s);
    EXPECT_EQ(wait_after(policy, 2, 0.5), 4s);
    EXPECT_EQ(wait_after(policy, 3, 0.5), 8s);
}

TEST(Retry, NeverWaitsLongerThanItsCap) {
    RetryPolicy policy;
    policy.wait_max = 5s;
    EXPECT_EQ(wait_after(policy, 3, 0), 5s);
    EXPECT_EQ(wait_after(policy, 100'000, 0), 5s) << "an infinite product too";
}

TEST(Retry, FullJitterIsUniform) {
    RetryPolicy policy;
    policy.jitter = Jitter::full;
    std::mt19937_64 dice(1);
    std::uniform_real_distribution<> chance(0, 1);
    std::vector<double> waits;
    waits.reserve(10'000);
    for (int i = 0; i < 10'000; ++i)
        waits.push_back(static_cast<double>(wait_after(policy, 2, chance(dice)).count()));
    EXPECT_GE(*std::ranges::min_element(waits), 0);
    EXPECT_LT(*std::ranges::min_element(waits), 40);
    EXPECT_LE(*std::ranges::max_element(waits), 4000);
    EXPECT_GT(*std::ranges::max_element(waits), 3960);
    const auto mean = std::accumulate(waits.begin(), waits.end(), 0.0) / 10'000;
    EXPECT_NEAR(mean, 2000, 60);
}

}  // namespace
}  // namespace rotacast
