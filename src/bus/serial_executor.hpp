#pragma once

// Runs handlers one after the other, on a thread that it has while there is work. Between the
// dispatcher's thread, which hands in and takes out, and its own.

#include "bus/clock.hpp"
#include "bus/delivery.hpp"
#include "bus/handler_thread_pool.hpp"
#include "bus/subscription.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace rotacast::bus {

/// One attempt to be made. Not changed while a lane has it.
struct DeliveryAttempt {
    std::uint64_t id = 0;
    EntryBatchPtr batch;  ///< keeps `entry` alive; empty when it is of `row`
    const Entry* entry = nullptr;
    std::string epoch;
    std::uint64_t ordering_key = 0;
    int attempt = 1;
    std::optional<Delivery> row;  ///< without one it is in the subscriber's window
    bool probe = false;
};
using DeliveryAttemptPtr = std::shared_ptr<DeliveryAttempt>;

/// Of one aggregate, in order. After one that fails, or whose derived events are yet to be
/// stored, the rest comes back as it was.
using AttemptSequence = std::vector<DeliveryAttemptPtr>;

struct AttemptResult {
    DeliveryAttemptPtr work;
    bool ran = false;
    Outcome outcome = {};
    Effects effects = {};
    std::chrono::microseconds duration{0};
};

/// What all lanes of a subscriber have in common.
struct SerialExecutorSettings {
    SubscriptionPtr subscription;
    StartThread start_thread;
    std::function<void()> wake;  ///< there is something to take
    std::function<SteadyTime()> steady;
    bool deliver_twice = false;
    /// Threads that have not come back since their lane was abandoned.
    std::shared_ptr<std::atomic<int>> abandoned = std::make_shared<std::atomic<int>>(0);
};

class SerialExecutor : public std::enable_shared_from_this<SerialExecutor> {
  public:
    struct Running {
        DeliveryAttemptPtr work;
        SteadyTime started;
    };

    explicit SerialExecutor(SerialExecutorSettings settings) : settings_(std::move(settings)) {}

    // The dispatcher's thread.

    void post(std::vector<AttemptSequence> chains);
    std::vector<AttemptResult> take();
    std::optional<Running> running() const;

    /// What has not begun comes back by take().
    void drop_queue();

    /// Sets the stop token of what runs, and of all that will.
    void request_stop() { stop_.request_stop(); }

    /// If that work still runs: its thread is left to itself, and what it says is heard no more.
    /// Everything else comes back by take(); the lane is not to be used again.
    bool abandon(const DeliveryAttemptPtr& work);

  private:
    // Its own thread.
    void run();
    DeliveryAttemptPtr next();
    AttemptResult attempt(const DeliveryAttemptPtr& work);
    bool finish(AttemptResult attempted);

    void give_back(AttemptSequence& chain, std::size_t from);
    void give_back_queue();

    const SerialExecutorSettings settings_;
    std::stop_source stop_;

    mutable std::mutex mutex_;  // guards what follows
    std::deque<AttemptSequence> queue_;
    AttemptSequence current_;
    std::size_t at_ = 0;                 // in current_: what runs or is next
    std::optional<SteadyTime> started_;  // of what runs
    std::vector<AttemptResult> results_;
    SteadyTime woken_;
    bool busy_ = false;  // has a thread
    bool abandoned_ = false;
};

}  // namespace rotacast::bus
