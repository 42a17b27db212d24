#pragma once

// Statistics of the bus (wire specification §3.8, and per subscriber).

#include "bus/delivery.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace rotacast::bus {

enum class SubscriberState : std::uint8_t {
    active,
    paused,
    gone,  ///< in the store, but without a handler in this process
};
std::string_view to_string(SubscriberState state);

struct SubscriberStatus {
    std::string name;
    std::vector<std::string> types;  ///< empty: all types
    SubscriberState state = SubscriberState::active;
    std::string paused_by;  ///< the operator; empty: the subscriber itself
    std::string reason;
    std::optional<Timestamp> held_until;  ///< nothing starts before (Others::held_back)
    Cursor position;
    std::int64_t lag = 0;  ///< entries from its position to the journal's end
    std::int64_t done = 0;
    std::int64_t failed_attempts = 0;
    std::int64_t running = 0;
    std::int64_t waiting = 0;  ///< for a retry
    std::int64_t pending = 0;  ///< behind an outstanding delivery of their aggregate
    std::int64_t replaying = 0;
    std::int64_t dead = 0;
    std::int64_t discarded = 0;
    std::int64_t missed = 0;
    std::string last_error;
    std::optional<Timestamp> failing_since;
    std::optional<Timestamp> oldest_waiting;  ///< when the journal stored that event
    // Since this process started.
    std::int64_t attempts = 0;
    std::chrono::microseconds busy{0};
    std::chrono::microseconds longest{0};
    int threads_lost = 0;  ///< threads of handlers that timed out and have not returned
};

struct BusStats {
    std::int64_t total_subscriptions = 0;  ///< a subscriber of two types counts twice
    std::map<std::string, std::int64_t> subscriptions_by_type;  ///< those of all types under `*`
    std::int64_t dead_letter_count = 0;
};

}  // namespace rotacast::bus
