#pragma once

// A running subscriber. It reads the journal in order and starts the entries that it wants. For a
// successful delivery it stores nothing but its position.
//
// This class coordinates the parts that know the rules:
//   DeliveryWindow         the entries it has started, and its position
//   WindowLimit            how many of them it may have started
//   OrderingKeys           which deliveries must wait for others
//   DeliveryRows           its rows in the store: what failed, and what waits behind it
//   AttemptRunner          the attempts in flight, and their timeouts
//   DerivedEventPublisher  the events that its handlers publish
//   PauseState             whether it is paused, and when it is probed
//   SubscriberRecovery     what was interrupted before it began

#include "bus/attempt_runner.hpp"
#include "bus/delivery_rows.hpp"
#include "bus/delivery_window.hpp"
#include "bus/derived_event_publisher.hpp"
#include "bus/ordering_keys.hpp"
#include "bus/pause_state.hpp"
#include "bus/stats.hpp"
#include "bus/subscriber_context.hpp"
#include "bus/subscriber_recovery.hpp"
#include "bus/window_limit.hpp"

namespace rotacast::bus {

/// Thread: the dispatcher's.
class Subscriber {
  public:
    /// `context` must outlive it. Handlers that still run when it is destroyed are detached.
    Subscriber(SubscriptionPtr subscription,
               SubscriberRecord record,
               const SubscriberContext& context);
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// Finds the position and recovers unfinished attempts. Call it once, before anything else.
    void recover(DispatchCycle& cycle, InterruptedBy interrupted_by);

    /// Takes results and prepares the next attempts. Call start_jobs() when these are stored.
    void advance(DispatchCycle& cycle);
    bool has_jobs() const { return runner_.has_prepared(); }
    void start_jobs() { runner_.start(); }

    /// Receives the journal's answer for the derived events of that attempt.
    void answered(std::uint64_t work, Result<Receipts> receipts);

    /// Starts nothing more. `stop`: requests running handlers to stop.
    void leave(bool stop);
    bool leaving() const { return leaving_; }
    bool idle() const { return runner_.in_flight() == 0; }
    std::size_t in_flight() const { return runner_.in_flight(); }
    /// Threads whose handlers timed out, or were running when a subscriber was destroyed, and have
    /// not returned.
    std::shared_ptr<const std::atomic<int>> threads_lost() const { return runner_.threads_lost(); }

    /// Changes memory only; the caller updates the store.
    void set_paused(bool paused, std::string by, std::string reason);
    void refresh_counts(DeliveryStore& store) { rows_.refresh_counts(store); }

    /// Schedules the entry as if it were a dead letter to be replayed. Returns false if the
    /// subscriber does not want it or has not finished it.
    bool add_replayed(DispatchCycle& cycle, const Entry& entry, std::int64_t replay, Timestamp due);

    SubscriberRecord& record() { return record_; }
    const SubscriberRecord& record() const { return record_; }
    const Subscription& subscription() const { return *subscription_; }
    SubscriberStatus status(DeliveryStore& store, Offset last) const;
    std::int64_t replaying() const { return rows_.replaying(); }

  private:
    // What to start next.
    void begin_next(DispatchCycle& cycle);
    bool is_held_back(DispatchCycle& cycle);
    bool lease_suspect(DispatchCycle& cycle);
    bool may_run_now(DispatchCycle& cycle, Delivery& row) const;
    void lease(DispatchCycle& cycle, Delivery row, bool is_probe);
    void extend(DispatchCycle& cycle, std::size_t window_max, bool is_probe);
    bool scan(DispatchCycle& cycle, std::size_t window_max, std::size_t& budget, bool is_probe);
    void take_in(DispatchCycle& cycle, DeliveryAttemptPtr work);
    void probe(DispatchCycle& cycle);
    DeliveryAttemptPtr new_work() const;
    void prepare(DeliveryAttemptPtr work);
    void park(DispatchCycle& cycle, const DeliveryAttempt& work);

    // Results.
    void collect(DispatchCycle& cycle);
    void take(DispatchCycle& cycle, AttemptResult attempted);
    void take_back(DispatchCycle& cycle, const DeliveryAttemptPtr& work);
    void settle(DispatchCycle& cycle, const AttemptResult& attempted);
    void settle_done(DispatchCycle& cycle, const AttemptResult& attempted);
    void settle_failed(DispatchCycle& cycle, const AttemptResult& attempted);
    void judge(DispatchCycle& cycle, Delivery& delivery, const AttemptResult& attempted);
    void stop_others(DispatchCycle& cycle, const Outcome& outcome, const Failure& failure);
    void end_lease(DispatchCycle& cycle, const Delivery& row);
    void end_flight(DispatchCycle& cycle, const DeliveryAttempt& work);
    void pause_itself(std::string reason);
    void paused_itself();
    void move_position();

    const SubscriptionPtr subscription_;
    const SubscriberContext& context_;
    SubscriberRecord record_;
    PauseState pause_;
    OrderingKeys keys_;
    DeliveryRows rows_;
    DeliveryWindow window_;
    AttemptRunner runner_;
    WindowLimit window_limit_;
    DerivedEventPublisher derived_;
    // Not stored: after a restart only the failed delivery itself still waits.
    std::optional<Timestamp> held_until_;
    bool suspect_runs_ = false;
    bool leaving_ = false;
    bool changed_ = false;  // record_ must be stored
};

}  // namespace rotacast::bus
