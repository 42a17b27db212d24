#pragma once

// Limits a rate and allows bursts. The caller passes the time in. 8 bytes per bucket.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace rotacast {

struct TokenRate {
    std::uint32_t per_second = 0;  ///< 0: unlimited
    std::uint32_t burst = 1;       ///< capacity of the bucket; 0 counts as 1

    bool operator==(const TokenRate&) const = default;
};

/// Starts full. The rate is passed with every call, so that it may change at any time; tokens taken
/// earlier are then refilled at the new rate. The state is the time at which the bucket will be
/// full (the generic cell rate algorithm, ITU-T I.371), so there is no refilling and no rounding.
class TokenBucket {
  public:
    using Clock = std::chrono::steady_clock;

    /// Takes one token. Returns false if there is none.
    bool take(const TokenRate& rate, Clock::time_point now) {
        if (rate.per_second == 0) return true;
        const auto full_then = std::max(full_at_, now) + interval(rate);
        if (full_then - now > interval(rate) * std::max(rate.burst, 1U)) return false;
        full_at_ = full_then;
        return true;
    }

    /// The time until take() would succeed; 0 if it would now.
    Clock::duration wait(const TokenRate& rate, Clock::time_point now) const {
        if (rate.per_second == 0) return {};
        const auto spare = interval(rate) * (std::max(rate.burst, 1U) - 1);
        return std::max(std::max(full_at_, now) - now - spare, Clock::duration{});
    }

    /// True if the bucket is full: it is then equal to a new one.
    bool full(Clock::time_point now) const { return full_at_ <= now; }

  private:
    static Clock::duration interval(const TokenRate& rate) {
        return Clock::duration(std::chrono::seconds(1)) / rate.per_second;
    }

    Clock::time_point full_at_ = Clock::time_point::min();
};

}  // namespace rotacast
