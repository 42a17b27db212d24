#pragma once

// The permit to run a suspect: a delivery whose handler was running when the process ended.
// Suspects run one at a time, so that the one that crashes the process is found (docs/adr/0012).

#include "bus/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rotacast::bus {

/// Decides which suspect may run. Only one runs at a time. A suspect that is near its last attempt
/// runs isolated, while no other handler runs; if the process ends twice during its isolated runs,
/// it is the cause. Thread: the dispatcher's.
struct CrashQuarantine {
    /// A suspect that has run for this long did not crash the process at once, so another one may
    /// start. Before an isolated run, the dispatcher waits at most this long for running handlers.
    static constexpr std::chrono::seconds hold_max{1};
    /// After the process has ended this often while a delivery ran isolated, that delivery becomes
    /// a dead letter. Once may be a kill from outside.
    static constexpr int isolated_ends_max = 2;

    std::int64_t holder = 0;  ///< SubscriberRecord::id; 0: none
    SteadyTime since;
    bool isolating = false;   ///< only the holder may start handlers
    std::size_t running = 0;  ///< running handlers when the cycle began

    bool expired(SteadyTime time) const { return time - since >= hold_max; }
    bool free_for(std::int64_t subscriber, SteadyTime time) const {
        return holder == 0 || holder == subscriber || expired(time);
    }
    /// When the holder's time ends.
    SteadyTime until() const { return since + hold_max; }
    bool holds_up(std::int64_t subscriber, SteadyTime time) const {
        return isolating && !free_for(subscriber, time);
    }
    void take(std::int64_t subscriber, SteadyTime time) {
        holder = subscriber;
        since = time;
        isolating = false;
    }
    /// For the holder: from the next cycle on no other handler starts. Returns false if this begins
    /// only now; the holder then asks again in the next cycle.
    bool isolate(SteadyTime time) {
        if (isolating) return true;
        since = time;
        isolating = true;
        return false;
    }
    /// The holder's suspect starts, so its time begins again.
    void start(SteadyTime time) { since = time; }
    void leave(std::int64_t subscriber) {
        if (holder != subscriber) return;
        holder = 0;
        isolating = false;
    }
};

}  // namespace rotacast::bus
