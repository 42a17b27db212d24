#include "load/histogram.hpp"

#include <gtest/gtest.h>

namespace rotacast::bench {
namespace {

TEST(Histogram, GivesQuantilesWithinThreePercent) {
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 100'000; ++value) histogram.add(value);
    EXPECT_NEAR(static_cast<double>(histogram.quantile(0.50)), 50'000, 0.032 * 50'000);
    EXPECT_NEAR(static_cast<double>(histogram.quantile(0.99)), 99'000, 0.032 * 99'000);
    EXPECT_EQ(histogram.count(), 100'000U);
}

TEST(Histogram, AcceptsTheSmallestAndTheLargestValue) {
    Histogram histogram;
    histogram.add(0, 2);
    histogram.add(~std::uint64_t{0});
    EXPECT_EQ(histogram.quantile(0.0), 0U);
    EXPECT_EQ(histogram.quantile(0.5), 0U);
    EXPECT_GE(histogram.quantile(1.0), std::uint64_t{63} << 58U);
}

TEST(Histogram, IsZeroWhenEmpty) {
    EXPECT_EQ(Histogram().quantile(0.99), 0U);
}

}  // namespace
}  // namespace rotacast::bench
