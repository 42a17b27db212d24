#include "simulate/simulation.hpp"

#include <gtest/gtest.h>

namespace rotacast::simulate {
namespace {

#ifdef ROTACAST_SANITIZED
constexpr std::uint64_t seeds = 100;
#else
constexpr std::uint64_t seeds = 1'000;
#endif

TEST(Simulation, HoldsWithSomeFaults) {
    EXPECT_EQ(find_violation(1, seeds), std::nullopt)
        << "rotacast_simulate --seed <this> tells how it came to be";
}

TEST(Simulation, HoldsWithManyFaults) {
    EXPECT_EQ(find_violation(1, seeds, {.rough = true}), std::nullopt)
        << "rotacast_simulate --rough --seed <this> tells how it came to be";
}

TEST(Simulation, ASeedReplaysToTheLetter) {
    const Settings traced{.rough = true, .tracing = true};
    const auto once = simulate(7, traced);
    EXPECT_GT(once.trace.size(), 100u);
    EXPECT_EQ(once.trace, simulate(7, traced).trace);
    EXPECT_EQ(once.entries, simulate(7, {.rough = true}).entries);
}

TEST(Simulation, RunsAreWorthTheirTime) {
    std::size_t entries = 0;
    std::size_t epochs = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto outcome = simulate(seed, {.rough = true});
        entries += outcome.entries;
        epochs += outcome.epochs;
        EXPECT_GE(outcome.entries, outcome.promised);
    }
    EXPECT_GT(entries, 1'000u);
    EXPECT_GT(epochs, 0u);
}

#ifndef ROTACAST_SANITIZED
class PlantedFault : public testing::TestWithParam<std::string_view> {};

TEST_P(PlantedFault, IsFound) {
    EXPECT_TRUE(find_violation(1, 5'000, {.fault = GetParam(), .rough = true}));
}

INSTANTIATE_TEST_SUITE_P(All,
                         PlantedFault,
                         testing::ValuesIn(planted_faults().begin(), planted_faults().end()),
                         [](const auto& one) { return std::string(one.param); });
#endif

}  // namespace
}  // namespace rotacast::simulate
