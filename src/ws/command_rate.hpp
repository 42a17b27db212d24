#pragma once

// Limits how many commands a connection may send: a token bucket. The caller passes the time in.

#include "base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rotacast::ws {

/// Pure; not thread-safe. Starts full. A clock that goes backwards adds nothing.
class CommandRate {
  public:
    enum class Verdict : std::uint8_t {
        admitted,
        refused,
        flood,  ///< the client goes on although its commands are refused
    };

    /// `per_second` 0: unlimited. Both limits are passed with each command because they may be
    /// reloaded.
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
    /// Refusals, in multiples of the burst, before they count as a flood.
    static constexpr std::size_t patience = 2;

    void refill(double per_second, double burst, Timestamp now) {
        const std::chrono::duration<double> elapsed = std::max(now, at_) - at_;
        at_ = now;
        const bool first = tokens_ < 0;
        tokens_ = first ? burst : std::min(burst, tokens_ + per_second * elapsed.count());
        // Only a pause long enough to fill the bucket resets the count: a client that always sends
        // slightly too fast has one command admitted between two refusals, and is still flooding.
        if (tokens_ >= burst) refused_ = 0;
    }

    double tokens_ = -1;
    Timestamp at_;
    std::uint32_t refused_ = 0;
};

}  // namespace rotacast::ws
