#include "auth/login_limiter.hpp"

#include <gtest/gtest.h>

namespace rotacast::auth {
namespace {

using namespace std::chrono_literals;

const LoginLimiter::Clock::time_point start{1h};

TEST(LoginLimiter, RefusesTheSixthAttemptUntilTheFirstIsAMinuteOld) {
    LoginLimiter limiter;
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.attempt("a", start + i * 1s).allowed);
    const auto refused = limiter.attempt("a", start + 10s);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.retry_after, 50s);
    EXPECT_FALSE(limiter.attempt("a", start + 59'999ms).allowed);
    EXPECT_EQ(limiter.attempt("a", start + 59'999ms).retry_after, 1s);
    EXPECT_TRUE(limiter.attempt("a", start + 60s).allowed);
    EXPECT_FALSE(limiter.attempt("a", start + 60s).allowed);
    EXPECT_TRUE(limiter.attempt("a", start + 61s).allowed);
}

TEST(LoginLimiter, ZeroMeansNoBound) {
    LoginLimiter limiter({.attempts_max = 0});
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limiter.attempt("a", start).allowed);
    EXPECT_EQ(limiter.key_count(), 0U);
}

TEST(LoginLimiter, KeysAreIndependent) {
    LoginLimiter limiter({.attempts_max = 1});
    EXPECT_TRUE(limiter.attempt("a", start).allowed);
    EXPECT_FALSE(limiter.attempt("a", start).allowed);
    EXPECT_TRUE(limiter.attempt("b", start).allowed);
}

TEST(LoginLimiter, RemembersABoundedNumberOfKeys) {
    LoginLimiter limiter({.attempts_max = 1, .keys_max = 3});
    for (const char* key : {"a", "b", "c", "d"})
        EXPECT_TRUE(limiter.attempt(key, start).allowed) << key;
    EXPECT_EQ(limiter.key_count(), 3U);
    EXPECT_FALSE(limiter.attempt("d", start).allowed);
    EXPECT_TRUE(limiter.attempt("a", start).allowed);
}

TEST(LoginLimiter, DropsKeysWhoseWindowIsOver) {
    LoginLimiter limiter;
    for (const char* key : {"a", "b", "c"}) EXPECT_TRUE(limiter.attempt(key, start).allowed);
    EXPECT_TRUE(limiter.attempt("d", start + 61s).allowed);
    EXPECT_EQ(limiter.key_count(), 1U);
}

}  // namespace
}  // namespace rotacast::auth
