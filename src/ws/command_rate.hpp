#pragma once

// How many commands a connection may send: a token bucket, fed from the times that it is told.

#include "base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rotacast::ws {

/// Pure; one thread at a time. Starts full. A clock that goes backwards adds nothing.
class CommandRate {
  public:
    enum class Verdict : std::uint8_t {
        admitted,
        refused,
        flood,  ///< it goes on although it is refused
    };

    /// No bound when `per_second` is 0. Both are read anew at each
    /// command, because they may be reloaded.
    Verdict take(std::size_t per_second, std::size_t burst, Timestamp now) {
        if (per_second == 0) return Verdict::admitted;
        refill(static_cast<double>(per_second), static_cast<double>(burst), now);
        if (tokens_ >= 1) {
            tokens_ -= 1;
            return Verdict::admitted;
        }
        ++refused_;
        return refused_ > patience * burst ? Verdict::flood : Verdict::refused;
    }

  private:
    /// Refusals, in bursts, before it counts as a flood.
    static constexpr std::size_t patience = 2;

    void refill(double per_second, double burst, Timestamp now) {
        const std::chrono::duration<double> elapsed = std::max(now, at_) - at_;
        at_ = now;
        const bool first = tokens_ < 0;
        tokens_ = first ? burst : std::min(burst, tokens_ + per_second * elapsed.count());
        // Only a pause long enough to fill the bucket is forgiven: a client that always sends a
        // little too fast has one command admitted between two refusals, and still goes on.
        if (tokens_ >= burst) refused_ = 0;
    }

    double tokens_ = -1;
    Timestamp at_;
    std::uint32_t refused_ = 0;
};

}  // namespace rotacast::ws
