#include "bus/retention_clock.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace rotacast::bus {

Timestamp RetentionClock::look(Timestamp wall, SteadyTime steady) {
    const bool at_start = !looked_;
    const auto lived = looked_ ? steady - *looked_ : SteadyTime::duration(0);
    looked_ = steady;
    const auto expected =
        believed_ ? *believed_ + std::chrono::floor<std::chrono::milliseconds>(lived) : wall;
    if (wall - expected <= leap_max) {
        if (doubts()) log::info("The clock is as expected again; retention goes by it.");
        doubts_since_.reset();
        believed_ = wall;
        return wall;
    }
    if (!doubts()) {
        doubts_since_ = steady;
        const auto hours = std::chrono::floor<std::chrono::hours>(wall - expected).count();
        if (at_start)  // as after any long downtime
            log::info("Retention by age waits for a day: {} hours have passed unseen.", hours);
        else
            log::warn("The clock has leapt {} hours ahead; retention by age waits for a day.",
                      hours);
    }
    if (steady - *doubts_since_ >= doubt_max) {
        log::info("The clock has stood for a day; retention goes by it.");
        doubts_since_.reset();
        believed_ = wall;
        return wall;
    }
    believed_ = expected;
    return expected;
}

}  // namespace rotacast::bus
