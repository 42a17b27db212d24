#pragma once

// Runs the handlers of a subscriber's attempts, one after the other, on a thread that it borrows
// from the pool while there is work. AttemptRunner has one per concurrent handler; the dispatcher's
// thread posts attempts and takes their results.

#include "bus/clock.hpp"
#include "bus/delivery.hpp"
#include "bus/handler_thread_pool.hpp"
#include "bus/subscription.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace rotacast::bus {

/// One attempt to make. Not changed while an executor has it.
struct DeliveryAttempt {
    std::uint64_t id = 0;
    EntryBatchPtr batch;  ///< keeps `entry` alive; null if `entry` is in `row`
    const Entry* entry = nullptr;
    std::string epoch;
    std::uint64_t ordering_key = 0;
    int attempt = 1;
    std::optional<Delivery> row;  ///< nullopt: the delivery is in the subscriber's window
    bool probe = false;
};
using DeliveryAttemptPtr = std::shared_ptr<DeliveryAttempt>;

/// Attempts of one ordering key, in order. After one that fails, or whose derived events must still
/// be published, the rest is returned without being run.
using AttemptSequence = std::vector<DeliveryAttemptPtr>;

struct AttemptResult {
    DeliveryAttemptPtr work;
    bool ran = false;
    Outcome outcome = {};
    Effects effects = {};
    std::chrono::microseconds duration{0};
};
using TakeResult = std::function<void(AttemptResult)>;

/// What all executors of a subscriber share.
struct SerialExecutorSettings {
    SubscriptionPtr subscription;
    StartThread start_thread;
    std::function<void()> wake;  ///< called when there are results to take
    std::function<SteadyTime()> steady;
    bool deliver_twice = false;
    /// Threads of abandoned executors that have not returned.
    std::shared_ptr<std::atomic<int>> abandoned = std::make_shared<std::atomic<int>>(0);
};

class SerialExecutor : public std::enable_shared_from_this<SerialExecutor> {
  public:
    struct Running {
        DeliveryAttemptPtr work;
        SteadyTime started;
    };

    explicit SerialExecutor(SerialExecutorSettings settings) : settings_(std::move(settings)) {}

    // Thread: the dispatcher's.

    /// Queues the sequences; starts a thread if the executor has none.
    void post(std::vector<AttemptSequence> sequences);
    /// The results since the last call; `ran` is false for attempts returned without being run.
    std::vector<AttemptResult> take();
    /// The attempt whose handler is running; nullopt: none.
    std::optional<Running> running() const;

    /// Returns all attempts that have not started by take().
    void drop_queue();

    /// Requests all present and future handlers to stop.
    void request_stop() { stop_.request_stop(); }

    /// If `work` is still running, detaches its thread and ignores its result; returns false
    /// otherwise. All other attempts are returned by take(); do not use the executor again.
    bool abandon(const DeliveryAttemptPtr& work);

  private:
    // Thread: its own.
    void run();
    DeliveryAttemptPtr next();
    AttemptResult attempt(const DeliveryAttemptPtr& work);
    bool finish(AttemptResult attempted);

    void give_back(AttemptSequence& sequence, std::size_t from);
    void give_back_queue();

    const SerialExecutorSettings settings_;
    std::stop_source stop_;

    mutable std::mutex mutex_;  // guards all members below
    std::deque<AttemptSequence> queue_;
    AttemptSequence current_;
    std::size_t at_ = 0;                 // index in current_ of the running or next attempt
    std::optional<SteadyTime> started_;  // of the running attempt
    std::vector<AttemptResult> results_;
    SteadyTime woken_;
    bool busy_ = false;  // has a thread
    bool abandoned_ = false;
};

}  // namespace rotacast::bus
