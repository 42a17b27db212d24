#pragma once

// Runs the attempts of one subscriber. It has one executor for each handler that may run at once.
// Attempts are prepared during a cycle and started together when the cycle is stored. It ends the
// waiting for handlers that do not return in time; their threads are lost until they return.
//
// An attempt is in flight from prepare() to end(). All attempts of an ordering key run on the same
// executor; those that were prepared for the same start run in the order in which they were
// prepared.

#include "bus/serial_executor.hpp"
#include "bus/subscriber_context.hpp"

#include <unordered_map>

namespace rotacast::bus {

/// Thread: the dispatcher's. The caller bounds the attempts in flight.
class AttemptRunner {
  public:
    AttemptRunner(SubscriptionPtr subscription, const SubscriberContext& context);
    /// Detaches the handlers that still run.
    ~AttemptRunner();
    AttemptRunner(const AttemptRunner&) = delete;
    AttemptRunner& operator=(const AttemptRunner&) = delete;

    void prepare(DeliveryAttemptPtr attempt);
    /// Takes back the attempt that was prepared last, which must be the only prepared one of its
    /// key. It stays in flight.
    void withdraw(const DeliveryAttempt& attempt);
    /// An attempt of this key is prepared, so another one can be added behind it.
    bool has_prepared(std::uint64_t ordering_key) const { return index_.contains(ordering_key); }
    bool has_prepared() const { return !prepared_.empty(); }
    void start();

    /// Passes on what the executors have returned. `take` may call any other method.
    void take_results(const TakeResult& take);
    /// Gives up handlers that have run into their timeout, and passes on their results. Returns
    /// when to call it again; nullopt: no running handler has a timeout.
    std::optional<SteadyTime> check_timeouts(SteadyTime now, const TakeResult& take);

    /// Call it once for each attempt, when its result is known and recorded.
    void end() { --in_flight_; }

    /// Returns the attempts that have not started, by take_results().
    void drop_queues();
    /// Requests all present and future handlers to stop.
    void request_stop();

    std::size_t in_flight() const { return in_flight_; }
    std::size_t executors() const { return executors_.size(); }
    /// Threads whose handlers timed out, or were running when an AttemptRunner was destroyed, and
    /// have not returned. The number outlives this object.
    std::shared_ptr<const std::atomic<int>> threads_lost() const { return settings_.abandoned; }

  private:
    std::shared_ptr<SerialExecutor> new_executor() const;
    std::optional<SteadyTime> check_timeout(std::shared_ptr<SerialExecutor>& executor,
                                            SteadyTime now,
                                            const TakeResult& take);

    SerialExecutorSettings settings_;
    std::vector<std::shared_ptr<SerialExecutor>> executors_;
    std::vector<AttemptSequence> prepared_;
    std::unordered_map<std::uint64_t, std::size_t> index_;  // in prepared_, by ordering key
    std::size_t in_flight_ = 0;
};

}  // namespace rotacast::bus
