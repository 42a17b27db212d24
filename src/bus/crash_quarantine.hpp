#pragma once

// Finds the delivery that ends the process. Deliveries that were with a handler when the process
// ended are suspects (docs/adr/0012).

#include "bus/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rotacast::bus {

/// Decides which suspect may run. Only one runs at a time. One that is near its last attempt runs
/// isolated, while no other handler runs; if the process then ends twice, that delivery is the
/// cause. Thread: the dispatcher's.
struct CrashQuarantine {
    /// A handler that has run for this long does not end the process at once, so others may run
    /// again. Before an isolated run, the dispatcher waits this long for running handlers.
    static constexpr std::chrono::seconds hold_max{1};
    /// The process must end this often while a delivery runs isolated, until it becomes a dead
    /// letter. Once may be a kill from outside.
    static constexpr int isolated_ends_max = 2;

    std::int64_t holder = 0;  ///< SubscriberRecord::id; 0: free
    SteadyTime since;
    bool isolating = false;   ///< nobody but the holder begins anything
    std::size_t running = 0;  ///< handlers in the process, as the cycle began

    bool expired(SteadyTime time) const { return time - since >= hold_max; }
    bool free_for(std::int64_t subscriber, SteadyTime time) const {
        return holder == 0 || holder == subscriber || expired(time);
    }
    bool holds_up(std::int64_t subscriber, SteadyTime time) const {
        return isolating && !free_for(subscriber, time);
    }
    void take(std::int64_t subscriber, SteadyTime time) {
        holder = subscriber;
        since = time;
        isolating = false;
    }
    void leave(std::int64_t subscriber) {
        if (holder != subscriber) return;
        holder = 0;
        isolating = false;
    }
};

}  // namespace rotacast::bus
