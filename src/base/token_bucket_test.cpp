#include "base/token_bucket.hpp"

#include <gtest/gtest.h>

namespace rotacast {
namespace {

using namespace std::chrono_literals;

const TokenBucket::Clock::time_point start{1h};

int taken(TokenBucket& bucket, const TokenRate& rate, TokenBucket::Clock::time_point now) {
    int count = 0;
    while (count < 1'000 && bucket.take(rate, now)) ++count;
    return count;
}

TEST(TokenBucket, HoldsTheBurstAndRefillsAtTheRate) {
    const TokenRate rate{.per_second = 10, .burst = 5};
    TokenBucket bucket;
    EXPECT_EQ(taken(bucket, rate, start), 5);
    EXPECT_EQ(taken(bucket, rate, start + 99ms), 0);
    EXPECT_EQ(taken(bucket, rate, start + 100ms), 1);
    EXPECT_EQ(taken(bucket, rate, start + 400ms), 3);
    EXPECT_EQ(taken(bucket, rate, start + 1h), 5);
}

TEST(TokenBucket, AdmitsTheRateUnderConstantDemand) {
    const TokenRate rate{.per_second = 100, .burst = 20};
    TokenBucket bucket;
    int count = 0;
    for (auto now = start; now < start + 10s; now += 1ms) count += taken(bucket, rate, now);
    EXPECT_EQ(count, 20 + 999);
}

TEST(TokenBucket, ReturnsTheTimeToWait) {
    const TokenRate rate{.per_second = 4, .burst = 2};
    TokenBucket bucket;
    EXPECT_EQ(bucket.wait(rate, start), 0s);
    taken(bucket, rate, start);
    EXPECT_EQ(bucket.wait(rate, start), 250ms);
    EXPECT_EQ(bucket.wait(rate, start + 200ms), 50ms);
    EXPECT_TRUE(bucket.take(rate, start + 250ms));
}

TEST(TokenBucket, IsFullOnceEverythingIsRefilled) {
    const TokenRate rate{.per_second = 10, .burst = 5};
    TokenBucket bucket;
    EXPECT_TRUE(bucket.full(start));
    taken(bucket, rate, start);
    EXPECT_FALSE(bucket.full(start + 499ms));
    EXPECT_TRUE(bucket.full(start + 500ms));
}

TEST(TokenBucket, TreatsZeroAsUnlimited) {
    TokenBucket bucket;
    EXPECT_EQ(taken(bucket, {.per_second = 0, .burst = 1}, start), 1'000);
    EXPECT_TRUE(bucket.full(start));
    EXPECT_EQ(bucket.wait({.per_second = 0, .burst = 1}, start), 0s);
}

TEST(TokenBucket, HasACapacityOfAtLeastOne) {
    TokenBucket bucket;
    EXPECT_EQ(taken(bucket, {.per_second = 1, .burst = 0}, start), 1);
}

TEST(TokenBucket, FollowsARateThatChanges) {
    TokenBucket bucket;
    EXPECT_EQ(taken(bucket, {.per_second = 10, .burst = 10}, start), 10);
    EXPECT_EQ(taken(bucket, {.per_second = 10, .burst = 15}, start), 5);
    EXPECT_EQ(taken(bucket, {.per_second = 10, .burst = 1}, start + 1s), 0);
    EXPECT_EQ(taken(bucket, {.per_second = 10, .burst = 1}, start + 1500ms), 1);
}

TEST(TokenBucket, AcceptsATimeBeforeTheLastOne) {
    const TokenRate rate{.per_second = 10, .burst = 5};
    TokenBucket bucket;
    EXPECT_TRUE(bucket.take(rate, start));
    EXPECT_TRUE(bucket.take(rate, start - 50ms));
    EXPECT_EQ(taken(bucket, rate, start), 3);
}

}  // namespace
}  // namespace rotacast
