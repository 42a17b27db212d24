#pragma once

#include "bus/clock.hpp"
#include "bus/handler_thread_pool.hpp"
#include "bus/retention.hpp"

#include <cstddef>
#include <cstdint>

namespace rotacast::bus {

struct DispatcherOptions {
    Clock clock = {};
    StartThread start_thread = {};  ///< empty: threads of its own
    /// Entries kept in memory for all subscribers; who is further behind reads the journal.
    std::size_t recent_entries_max = 4096;
    /// What they may take, as JSON; and, again, what is kept of the slices that were read from the
    /// journal, and what each subscriber may have begun and not finished.
    std::size_t recent_bytes_max = 16 << 20;
    /// Entries that one subscriber may have begun and not finished. Fewer for slow handlers: about
    /// window_time's worth, since after a crash all of them run again.
    std::size_t window_max = 256;
    std::chrono::milliseconds window_time{200};
    std::chrono::milliseconds lease{std::chrono::seconds(30)};
    /// How long what has become of deliveries may wait to be stored with what follows, and rows
    /// that are due to be begun together. After a crash that much is done again.
    std::chrono::milliseconds gather{100};
    double replays_per_second = 50;  ///< over all subscribers; 0: as fast as it goes
    bool deliver_twice = false;      ///< for tests: every delivery runs a second time
    /// Its threads, and with them handlers, let all others of the process in first (docs/adr/0025).
    /// Without it they are as good as any.
    bool gives_way = true;
    Retention retention = {};
    /// How long close() waits for handlers that run.
    std::chrono::milliseconds close_grace{std::chrono::seconds(5)};
    std::uint64_t seed = 0;  ///< of jitter; 0: another one each time
};

/// Between two replayed letters.
inline std::chrono::microseconds replay_interval(const DispatcherOptions& options) {
    if (options.replays_per_second <= 0) return {};
    return std::chrono::microseconds(static_cast<std::int64_t>(1e6 / options.replays_per_second));
}

}  // namespace rotacast::bus
