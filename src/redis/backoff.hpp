#pragma once

// The waits between attempts to reach Redis, or to have a command accepted.

#include "base/retry.hpp"

#include <chrono>

namespace rotacast::redis {

/// Full jitter: when Redis comes back, not all nodes come at once. Short, because nobody shall wait
/// two seconds for a Redis that is there again; a refused connection costs it little.
inline constexpr RetryPolicy reconnecting{
    .first_wait = std::chrono::milliseconds(100),
    .factor = 2,
    .wait_max = std::chrono::milliseconds(1'000),
    .jitter = Jitter::full,
};

/// For Remedy::give_up: somebody may correct Redis without restarting us.
inline constexpr RetryPolicy hoping{
    .first_wait = std::chrono::milliseconds(5'000),
    .factor = 2,
    .wait_max = std::chrono::milliseconds(30'000),
    .jitter = Jitter::full,
};

/// Counts attempts. Pure: `chance`, in [0, 1), comes from the caller.
class Backoff {
  public:
    explicit Backoff(const RetryPolicy& policy = reconnecting) : policy_(policy) {}

    /// After another failed attempt.
    std::chrono::milliseconds next(double chance) { return wait_after(policy_, ++failed_, chance); }
    /// After a success.
    void reset() { failed_ = 0; }

    int failed() const { return failed_; }

  private:
    RetryPolicy policy_;
    int failed_ = 0;
};

}  // namespace rotacast::redis
