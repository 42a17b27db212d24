#pragma once

// How long to wait before the next attempt. Pure: chance is handed in.

#include <chrono>
#include <cstdint>

namespace rotacast::bus {

enum class Jitter : std::uint8_t {
    none,
    full,  ///< anything from 0 to the wait, evenly: many that failed together come back apart
};

/// By default attempts start 0, 2, 6 and 14 s after the first (wire specification §3.6).
struct RetryPolicy {
    int attempts = 4;  ///< the first included; less than 1 counts as 1
    std::chrono::milliseconds first_wait{2000};
    double factor = 2;
    std::chrono::milliseconds wait_max{std::chrono::minutes(15)};
    Jitter jitter = Jitter::none;
};

/// The wait after so many attempts have failed (from 1). `chance` is from [0, 1).
std::chrono::milliseconds wait_after(const RetryPolicy& policy, int failed, double chance);

}  // namespace rotacast::bus
