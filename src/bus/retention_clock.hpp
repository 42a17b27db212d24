#pragma once

// The time by which retention computes the age of rows. A wall clock may be set far ahead by
// mistake, and removed rows cannot be recovered. So an advance that this process has not measured
// itself is accepted only after it has lasted for a day.

#include "bus/clock.hpp"

#include <optional>

namespace rotacast::bus {

/// Thread: one at a time.
class RetentionClock {
  public:
    /// Smaller advances are accepted at once: clocks are adjusted, machines sleep.
    static constexpr std::chrono::hours leap_max{1};
    /// How long a larger advance must last, by the steady clock.
    static constexpr std::chrono::hours doubt_max{24};

    /// `known`: a time that is certainly past, e.g. that of the newest entry, because the clock may
    /// already be wrong when the process starts. Without it the clock's first time is accepted.
    explicit RetentionClock(std::optional<Timestamp> known) : believed_(known) {}

    /// The time for retention, given both clocks' present times. Never later than `wall`.
    Timestamp look(Timestamp wall, SteadyTime steady);

    /// True while the wall clock is ahead of the accepted time.
    bool doubts() const { return doubts_since_.has_value(); }

  private:
    std::optional<Timestamp> believed_;
    std::optional<SteadyTime> looked_;
    std::optional<SteadyTime> doubts_since_;
};

}  // namespace rotacast::bus
