#pragma once

// The waits between attempts. Pure: the random number is an argument.

#include <chrono>
#include <cstdint>

namespace rotacast {

enum class Jitter : std::uint8_t {
    none,
    full,  ///< evenly from 0 to the wait, so that simultaneous failures do not retry together
};

/// By default retries start 2, 6 and 14 s after the first attempt, which starts at 0 (wire
/// specification §3.6).
struct RetryPolicy {
    int attempts = 4;  ///< including the first; less than 1 counts as 1
    std::chrono::milliseconds first_wait{2000};
    double factor = 2;
    std::chrono::milliseconds wait_max{std::chrono::minutes(15)};
    Jitter jitter = Jitter::none;
};

/// The wait after `failed` failed attempts (at least 1). `chance` is in [0, 1).
std::chrono::milliseconds wait_after(const RetryPolicy& policy, int failed, double chance);

}  // namespace rotacast
