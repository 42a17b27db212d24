#pragma once

// The options of the dispatcher.

#include "bus/clock.hpp"
#include "bus/handler_thread_pool.hpp"
#include "bus/retention.hpp"
#include "config/bus.hpp"

#include <cstddef>
#include <cstdint>

namespace rotacast::bus {

class Duties;

struct DispatcherOptions {
    Clock clock = {};
    StartThread start_thread = {};  ///< empty: the dispatcher's own thread pool
    /// Entries kept in memory for all subscribers; a subscriber further behind reads the journal.
    std::size_t recent_entries_max = config::Bus{}.recent_entries;
    /// Bound in bytes of JSON for the entries above; the same bound applies to slices that were
    /// read from the journal, and to the batches that each subscriber's unfinished entries belong
    /// to.
    std::size_t recent_bytes_max = 16 << 20;
    /// Entries that one subscriber may have started and not finished. Slow handlers get fewer,
    /// about as many as they handle in window_time, because all of them run again after a crash.
    std::size_t window_max = 256;
    std::chrono::milliseconds window_time{200};
    std::chrono::milliseconds lease{std::chrono::seconds(30)};
    /// How long outcomes may wait for the next commit, and how long due rows are collected to be
    /// started together. After a crash that much work is repeated.
    std::chrono::milliseconds gather{100};
    /// For all subscribers together; 0: unlimited.
    double replays_per_second = static_cast<double>(config::Bus{}.replays_per_second);
    /// For tests: every delivery runs a second time.
    bool deliver_twice = config::Bus{}.deliver_twice == "on";
    /// Its threads, including the handlers', yield the CPU to all other threads of the process
    /// (docs/adr/0025). If false, they compete as equals.
    bool gives_way = true;
    Retention retention = {};
    /// How long close() waits for running handlers.
    std::chrono::milliseconds close_grace{std::chrono::seconds(5)};
    std::uint64_t seed = 0;  ///< of the jitter; 0: random
    /// Which subscribers run here; must outlive the dispatcher. nullptr: all.
    Duties* duties = nullptr;
};

/// The time between two replayed letters.
inline std::chrono::microseconds replay_interval(const DispatcherOptions& options) {
    if (options.replays_per_second <= 0) return {};
    return std::chrono::microseconds(static_cast<std::int64_t>(1e6 / options.replays_per_second));
}

}  // namespace rotacast::bus
