#pragma once

// A subscription: its name, event types, handler and options.

#include "base/retry.hpp"
#include "bus/handler.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rotacast::bus {

/// Where a new subscriber starts.
struct Start {
    enum class From : std::uint8_t {
        now,        ///< with events published after `on` was called
        beginning,  ///< with the oldest entry in the journal
        cursor,     ///< after `cursor`; a cursor of another epoch counts as the beginning
    };
    From from = From::now;
    Cursor cursor = {};
};

struct SubscriberOptions {
    Start start = {};
    RetryPolicy retry = {};
    /// A handler that has not returned by then has failed. 0: no limit.
    std::chrono::milliseconds timeout{std::chrono::seconds(30)};
    /// Handlers that may run at once. Events of one aggregate never do.
    std::size_t concurrency = 1;
    /// Bound on outstanding deliveries in the store (waiting for a retry, or behind one). At the
    /// bound the subscriber reads no further.
    std::size_t outstanding_max = 10'000;
    /// Bound on dead letters. At the bound the subscriber is paused until an operator acts.
    std::size_t dead_max = 100'000;
    /// The subscriber pauses itself after it has failed for this long without a success. 0: never.
    std::chrono::milliseconds pause_after{0};
    /// When paused by itself, it tries one delivery after this interval, which doubles after each
    /// failure up to probe_interval_max. These attempts are not counted.
    std::chrono::milliseconds probe_interval{std::chrono::seconds(30)};
    std::chrono::milliseconds probe_interval_max{std::chrono::minutes(15)};
};

struct Subscription {
    std::string name;                ///< 1 to 100 letters, digits, `.`, `_`, `-`, `:`
    std::vector<std::string> types;  ///< empty: all types
    Handler handler;
    SubscriberOptions options = {};
    /// Set by Bus::subscribe: the journal's newest entry at that time, for Start::From::now.
    Offset registered_at = 0;

    bool wants(std::string_view type) const;
};
using SubscriptionPtr = std::shared_ptr<const Subscription>;

}  // namespace rotacast::bus
