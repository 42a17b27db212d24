#include "base/retry.hpp"

#include <algorithm>
#include <cmath>

namespace rotacast {

std::chrono::milliseconds wait_after(const RetryPolicy& policy, int failed, double chance) {
    const auto cap = static_cast<double>(policy.wait_max.count());
    const auto grown = static_cast<double>(policy.first_wait.count()) *
                       std::pow(policy.factor, std::max(failed, 1) - 1);
    auto wait = std::min(std::isfinite(grown) ? grown : cap, cap);
    if (policy.jitter == Jitter::full) wait *= chance;
    return std::chrono::milliseconds(std::llround(std::max(wait, 0.0)));
}

}  // namespace rotacast
