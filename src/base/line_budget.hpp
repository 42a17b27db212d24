#pragma once

// Bounds the lines of a log that anybody can cause: a few tell enough, and the rest would only fill
// the disk.

#include "base/token_bucket.hpp"

#include <chrono>

namespace rotacast {

/// One line per second, and ten at once. Thread: one; make it thread_local.
class LineBudget {
  public:
    /// Whether another line may be written now.
    bool spend(std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now()) {
        return bucket_.take({.per_second = 1, .burst = 10}, now);
    }

  private:
    TokenBucket bucket_;
};

}  // namespace rotacast
