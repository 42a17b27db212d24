#include "redis/backoff.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, GrowsToASecondAndBeginsAgainAfterASuccess) {
    Backoff backoff;
    EXPECT_EQ(backoff.next(0.5), 50ms);
    EXPECT_EQ(backoff.next(0.5), 100ms);
    for (int i = 0; i < 100; ++i) backoff.next(0.5);
    EXPECT_EQ(backoff.next(0.999), 999ms);
    EXPECT_EQ(backoff.failed(), 103);
    backoff.reset();
    EXPECT_EQ(backoff.next(0.5), 50ms);
}

TEST(Backoff, MayTryAtOnce) {
    EXPECT_EQ(Backoff().next(0), 0ms);
}

TEST(Backoff, HopesMoreSeldom) {
    Backoff backoff(hoping);
    EXPECT_EQ(backoff.next(0.5), 2'500ms);
    for (int i = 0; i < 10; ++i) backoff.next(0);
    EXPECT_EQ(backoff.next(0.5), 15s);
}

}  // namespace
}  // namespace rotacast::redis
