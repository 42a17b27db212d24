#pragma once

// The bound on a subscriber's window, adapted to the speed of its handler. After a crash the whole
// window runs again, so slow handlers get a short one: about as many entries as they handle in a
// fixed time. Also counts the attempts and their durations for the statistics.

#include <chrono>
#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rotacast::bus {

/// Pure. Thread: the dispatcher's.
class WindowLimit {
  public:
    /// The limit is at least 2 entries per executor, unless `entries_max` is lower. It is never
    /// above `entries_max`.
    WindowLimit(std::size_t executors, std::size_t entries_max, std::chrono::milliseconds time)
        : executors_(executors),
          entries_max_(entries_max),
          time_(time),
          entries_(std::min<std::size_t>(16, entries_max)) {}

    /// Takes an attempt into account. The average gives the newest attempt a weight of 5 %.
    void add(std::chrono::microseconds duration);

    /// How many entries the window may hold.
    std::size_t entries() const { return entries_; }

    std::int64_t attempts() const { return attempts_; }
    std::chrono::microseconds busy() const { return busy_; }
    std::chrono::microseconds longest() const { return longest_; }

  private:
    const std::size_t executors_;
    const std::size_t entries_max_;
    const std::chrono::microseconds time_;
    std::size_t entries_;
    double average_us_ = 0;
    std::int64_t attempts_ = 0;
    std::chrono::microseconds busy_{0};
    std::chrono::microseconds longest_{0};
};

}  // namespace rotacast::bus
