#pragma once

// So many of something per second, with some saved up. Time is handed in; 8 bytes each.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace rotacast {

struct TokenRate {
    std::uint32_t per_second = 0;  ///< 0: as many as wanted
    std::uint32_t burst = 1;       ///< what a full bucket holds; 0 counts as 1

    bool operator==(const TokenRate&) const = default;
};

/// Begins full. The rate comes with every call, so that it may change at any time; what was taken
/// before is then paid back at the new rate. Kept as the time at which the bucket will be full
/// (the generic cell rate algorithm, ITU-T I.371): nothing to refill, nothing to round.
class TokenBucket {
  public:
    using Clock = std::chrono::steady_clock;

    /// Takes one token if there is one.
    bool take(const TokenRate& rate, Clock::time_point now) {
        if (rate.per_second == 0) return true;
        const auto full_then = std::max(full_at_, now) + interval(rate);
        if (full_then - now > interval(rate) * std::max(rate.burst, 1U)) return false;
        full_at_ = full_then;
        return true;
    }

    /// How long until take() succeeds; 0 when it would now.
    Clock::duration wait(const TokenRate& rate, Clock::time_point now) const {
        if (rate.per_second == 0) return {};
        const auto spare = interval(rate) * (std::max(rate.burst, 1U) - 1);
        return std::max(std::max(full_at_, now) - now - spare, Clock::duration{});
    }

    /// A full one is as good as a new one.
    bool full(Clock::time_point now) const { return full_at_ <= now; }

  private:
    static Clock::duration interval(const TokenRate& rate) {
        return Clock::duration(std::chrono::seconds(1)) / rate.per_second;
    }

    Clock::time_point full_at_ = Clock::time_point::min();
};

}  // namespace rotacast
