#pragma once

// What a subscriber uses of its dispatcher, and what the parts of a subscriber share.

#include "bus/bus.hpp"
#include "bus/dispatcher_options.hpp"

#include <cstdint>
#include <functional>

namespace rotacast::bus {

/// Lives longer than all subscribers. Thread: the dispatcher's, except that `wake` and `answer` may
/// be called on any thread.
struct SubscriberContext {
    Bus& bus;
    StartThread start_thread;
    std::function<void()> wake;
    /// Runs on the dispatcher's thread; ignored if the subscriber is gone.
    std::function<void(std::int64_t subscriber, std::uint64_t work, Result<Receipts>)> answer;
    std::function<SteadyTime()> steady;
    std::function<double()> chance;
    /// Ids of attempts: never reused, whatever happens to the subscriber.
    std::function<std::uint64_t()> next_work;
    const DispatcherOptions& options;
};

}  // namespace rotacast::bus
