#pragma once

// Counts what clients do not see, for operators; the first three only of classic clients.

#include "live/refusals.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace rotacast::live {

/// Thread: any, relaxed.
struct ClassicCounters {
    std::array<std::atomic<std::uint64_t>, 5> ignored_commands{};  ///< by ws::Ignored
    std::atomic<std::uint64_t> binary_messages{0};
    std::atomic<std::uint64_t> forbidden_subscriptions{0};
    Refusals refused_upgrades;                     ///< of any kind of WebSocket
    std::atomic<std::uint64_t> ended_sessions{0};  ///< by the server, for whatever reason
};

}  // namespace rotacast::live
