#include "base/histogram.hpp"

#include <gtest/gtest.h>

namespace rotacast {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

Durations of(const Histogram& histogram) {
    Durations durations;
    histogram.add_to(durations);
    return durations;
}

TEST(Histogram, ABoundBelongsToItsBucket) {
    Histogram histogram;
    histogram.add(microseconds(500));
    histogram.add(microseconds(501));
    const auto durations = of(histogram);
    EXPECT_EQ(durations.counts[0], 1U);
    EXPECT_EQ(durations.counts[1], 1U);
    EXPECT_EQ(durations.sum_us, 1'001U);
}

TEST(Histogram, WhatIsLongerThanAllBoundsIsCounted) {
    Histogram histogram;
    histogram.add(seconds(11), 3);
    const auto durations = of(histogram);
    EXPECT_EQ(durations.counts.back(), 3U);
    EXPECT_EQ(durations.count(), 3U);
    EXPECT_EQ(durations.sum_us, 33'000'000U);
}

TEST(Histogram, ANegativeDurationCountsAsNone) {
    Histogram histogram;
    histogram.add(seconds(-5));
    EXPECT_EQ(of(histogram).counts[0], 1U);
    EXPECT_EQ(of(histogram).sum_us, 0U);
}

TEST(Histogram, SeveralAddUp) {
    Histogram one;
    Histogram other;
    one.add(microseconds(1));
    other.add(microseconds(2), 2);
    Durations durations;
    one.add_to(durations);
    other.add_to(durations);
    EXPECT_EQ(durations.count(), 3U);
    EXPECT_EQ(durations.sum_us, 5U);
}

}  // namespace
}  // namespace rotacast
