#pragma once

// A subscriber: its name, what it wants to hear of, what it does with it, and how.

#include "bus/handler.hpp"
#include "bus/retry.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rotacast::bus {

/// Where a subscriber that was never here before begins.
struct Start {
    enum class From : std::uint8_t {
        now,        ///< with what is published after `on` was called
        beginning,  ///< with the oldest entry that the journal still has
        cursor,     ///< behind `cursor`; one of another epoch counts as the beginning
    };
    From from = From::now;
    Cursor cursor = {};
};

struct SubscriberOptions {
    Start start = {};
    RetryPolicy retry = {};
    /// A handler that is not back by then has failed. 0: it may take as long as it likes.
    std::chrono::milliseconds timeout{std::chrono::seconds(30)};
    /// How many handlers may run at once. Events of one aggregate never do.
    std::size_t concurrency = 1;
    /// Deliveries out of the ordinary (waiting for a retry, or behind one) that may stand in the
    /// store; beyond, the subscriber reads no further.
    std::size_t outstanding_max = 10'000;
    /// Dead letters that it may have; beyond, it is paused until somebody looks.
    std::size_t dead_max = 100'000;
    /// Pauses itself when it has failed for so long without one success. 0: never.
    std::chrono::milliseconds pause_after{0};
    /// Paused by itself, it tries one delivery every so often, twice as long after each failure,
    /// up to probe_interval_max. Such attempts are not counted.
    std::chrono::milliseconds probe_interval{std::chrono::seconds(30)};
    std::chrono::milliseconds probe_interval_max{std::chrono::minutes(15)};
};

struct Subscription {
    std::string name;                ///< 1 to 100 letters, digits, `.`, `_`, `-`, `:`
    std::vector<std::string> types;  ///< empty: all
    Handler handler;
    SubscriberOptions options = {};
    /// Set by Subscribers::add: the journal's newest entry at that time, for Start::From::now.
    Offset registered_at = 0;

    bool wants(std::string_view type) const;
};
using SubscriptionPtr = std::shared_ptr<const Subscription>;

}  // namespace rotacast::bus
