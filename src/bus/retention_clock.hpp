#pragma once

// The time by which retention decides what is old. A wall clock can be set far ahead by mistake,
// and what retention takes nobody brings back; so an advance that this process has not lived
// through is believed only after it has stood for a day.

#include "bus/clock.hpp"

#include <optional>

namespace rotacast::bus {

/// Thread: one at a time.
class RetentionClock {
  public:
    /// Differences up to here are believed at once: clocks are adjusted, machines sleep.
    static constexpr std::chrono::hours leap_max{1};
    /// So long, by the steady clock, must one that is larger stand.
    static constexpr std::chrono::hours doubt_max{24};

    /// `known`: a time that has certainly been, the newest entry's; the process may start under a
    /// clock that is wrong already. Without it the clock is believed at first.
    explicit RetentionClock(std::optional<Timestamp> known) : believed_(known) {}

    /// The time for retention, when the clocks show these. Never later than `wall`.
    Timestamp look(Timestamp wall, SteadyTime steady);

    /// The clock is further ahead than is believed.
    bool doubts() const { return doubts_since_.has_value(); }

  private:
    std::optional<Timestamp> believed_;
    std::optional<SteadyTime> looked_;
    std::optional<SteadyTime> doubts_since_;
};

}  // namespace rotacast::bus
