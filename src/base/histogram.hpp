#pragma once

// Durations counted in buckets, for metrics. All histograms have the same buckets, so that those of
// several threads can be added up.

#include "base/counter.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace rotacast {

/// Upper bounds of the buckets, ascending; one more bucket holds what is longer. The thresholds of
/// the alerts are among them.
inline constexpr std::array<std::chrono::microseconds, 14> duration_bounds{
    std::chrono::microseconds(500),
    std::chrono::microseconds(1'000),
    std::chrono::microseconds(2'500),
    std::chrono::microseconds(5'000),
    std::chrono::microseconds(10'000),
    std::chrono::microseconds(25'000),
    std::chrono::microseconds(50'000),
    std::chrono::microseconds(100'000),
    std::chrono::microseconds(250'000),
    std::chrono::microseconds(500'000),
    std::chrono::seconds(1),
    std::chrono::microseconds(2'500'000),
    std::chrono::seconds(5),
    std::chrono::seconds(10)};

/// A snapshot: what some histograms hold together.
struct Durations {
    std::array<std::uint64_t, duration_bounds.size() + 1> counts{};  ///< by bucket
    std::uint64_t sum_us = 0;

    std::uint64_t count() const { return std::accumulate(counts.begin(), counts.end(), 0ULL); }
};

/// Written by one thread, read by any; no locked instruction. A reader may see an addition in part.
class Histogram {
  public:
    /// Counts `count` events of this duration. A negative one counts as none: clocks may be set
    /// back, and those of two machines differ.
    void add(std::chrono::microseconds duration, std::uint64_t count = 1) noexcept {
        duration = std::max(duration, std::chrono::microseconds::zero());
        const auto bound = std::ranges::lower_bound(duration_bounds, duration);
        counts_[static_cast<std::size_t>(bound - duration_bounds.begin())].add(count);
        sum_us_.add(static_cast<std::uint64_t>(duration.count()) * count);
    }

    void add_to(Durations& sum) const noexcept {
        for (std::size_t i = 0; i < counts_.size(); ++i) sum.counts[i] += counts_[i].value();
        sum.sum_us += sum_us_.value();
    }

  private:
    std::array<Counter, duration_bounds.size() + 1> counts_;
    Counter sum_us_;
};

}  // namespace rotacast
