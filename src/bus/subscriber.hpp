#pragma once

// A running subscriber: its window (entries that it has started), its rows (deliveries in the
// store) and its executors.
//
// A subscriber reads the journal in order. The entries it has started form the window; when the
// front of the window is done, the position advances. That is all that is stored for a successful
// delivery. A failed delivery gets a row, and so do later ones of its ordering key, until they are
// done too. So after a crash exactly the entries in (position, begun] may have been started without
// a recorded outcome.

#include "bus/dispatcher_options.hpp"
#include "bus/serial_executor.hpp"
#include "bus/stats.hpp"
#include "bus/dispatch_cycle.hpp"

#include <deque>
#include <map>
#include <unordered_map>

namespace rotacast::bus {

/// Why a subscriber paused itself that probes from time to time.
inline constexpr std::string_view reason_failing = "It has failed for too long without a success.";

/// What a subscriber uses of its dispatcher.
struct Tools {
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

/// Why attempts are unfinished when a subscriber is recovered.
enum class LeftBy : std::uint8_t {
    ended_process,  ///< they may have ended it: each counts as a failed attempt and is suspect
    failed_store,   ///< not their fault: nothing is counted
};

/// Thread: the dispatcher's.
class Subscriber {
  public:
    Subscriber(SubscriptionPtr subscription, SubscriberRecord record, const Tools& tools);
    ~Subscriber();
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// Finds the position and recovers unfinished attempts. Call it once, before anything else.
    void recover(DispatchCycle& cycle, LeftBy left_by);

    /// Takes results and prepares the next attempts. Call start_jobs() when these are stored.
    void advance(DispatchCycle& cycle);
    bool has_jobs() const { return !fresh_.empty(); }
    void start_jobs();

    /// Receives the journal's answer for the derived events of that attempt.
    void answered(std::uint64_t work, Result<Receipts> receipts);

    /// Starts nothing more. `stop`: requests running handlers to stop.
    void leave(bool stop);
    bool idle() const { return works_.empty(); }
    std::size_t in_flight() const { return works_.size(); }
    /// Threads whose handlers timed out, or were running when a subscriber was destroyed, and have
    /// not returned.
    std::shared_ptr<const std::atomic<int>> threads_lost() const {
        return executor_settings_.abandoned;
    }

    /// Changes memory only; the caller updates the store.
    void set_paused(bool paused, std::string by, std::string reason);
    void refresh_counts(DeliveryStore& store);

    /// Schedules the entry as if it were a dead letter to be replayed. Returns false if the
    /// subscriber does not want it or has not finished it.
    bool add_replayed(DispatchCycle& cycle, const Entry& entry, std::int64_t replay, Timestamp due);

    SubscriberRecord& record() { return record_; }
    const SubscriberRecord& record() const { return record_; }
    const Subscription& subscription() const { return *subscription_; }
    SubscriberStatus status(DeliveryStore& store, Offset last) const;
    std::int64_t replaying() const { return replaying_; }
    std::int64_t dead() const { return dead_; }

  private:
    struct Slot {
        Offset offset = 0;
        bool done = false;
        const EntryBatch* batch = nullptr;  ///< only compared, not dereferenced
        std::size_t bytes = 0;              ///< of the batch, in the last slot that holds it
    };
    /// The state of one ordering key (ordering_key_of): its deliveries must not overtake each
    /// other.
    struct Key {
        int in_flight = 0;
        std::int64_t rows = 0;
        std::map<Offset, DeliveryAttemptPtr> held;  ///< in the window, behind those in flight

        bool unused() const { return in_flight == 0 && rows == 0 && held.empty(); }
    };

    // subscriber.cpp
    std::shared_ptr<SerialExecutor> new_executor() const;
    void adapt_window(std::chrono::microseconds duration);
    void add_slot(const DeliveryAttempt& work);
    void drop_done_slots();
    Offset position() const { return slots_.empty() ? scanned_ : slots_.front().offset - 1; }
    void move_position();
    void pause_itself(std::string reason);

    // subscriber_begin.cpp
    void find_position(DispatchCycle& cycle);
    void step_back(DispatchCycle& cycle, Offset shared);
    void start_anew(DispatchCycle& cycle);
    void recover_lease(DispatchCycle& cycle, Delivery row, LeftBy left_by);
    void recover_window(DispatchCycle& cycle, LeftBy left_by);
    void note_missed(DispatchCycle& cycle, Offset from, Offset to);
    void begin_next(DispatchCycle& cycle);
    void admit_replayed(DispatchCycle& cycle);
    bool lease_suspect(DispatchCycle& cycle);
    bool may_run_now(DispatchCycle& cycle, Delivery& row) const;
    void lease_due(DispatchCycle& cycle);
    void lease(DispatchCycle& cycle, Delivery row, bool probe);
    void extend(DispatchCycle& cycle, std::size_t window_max, bool probe);
    bool scan(DispatchCycle& cycle, std::size_t window_max, std::size_t& budget, bool probe);
    bool lease_for_probe(DispatchCycle& cycle);
    void probe(DispatchCycle& cycle);
    DeliveryAttemptPtr new_work();
    void take_in(DispatchCycle& cycle, DeliveryAttemptPtr work);
    void post(DeliveryAttemptPtr work);

    // subscriber_settle.cpp
    void collect(DispatchCycle& cycle);
    void check_timeouts(DispatchCycle& cycle);
    void check_timeout(DispatchCycle& cycle, std::shared_ptr<SerialExecutor>& executor);
    void renew_leases(DispatchCycle& cycle);
    void take(DispatchCycle& cycle, AttemptResult attempted);
    void take_back(DispatchCycle& cycle, const DeliveryAttemptPtr& work);
    void publish_derived(AttemptResult attempted);
    void settle(DispatchCycle& cycle, const AttemptResult& attempted);
    void settle_done(DispatchCycle& cycle, const AttemptResult& attempted);
    void settle_failed(DispatchCycle& cycle, const AttemptResult& attempted);
    void judge(DispatchCycle& cycle, Delivery& delivery, const AttemptResult& attempted);
    void after_probe(DispatchCycle& cycle, bool success);
    void check_failing(DispatchCycle& cycle);
    void store_outcome(DispatchCycle& cycle, const DeliveryAttemptPtr& work, Delivery& delivery);
    void end_flight(DispatchCycle& cycle, const DeliveryAttemptPtr& work);
    void route_held(DispatchCycle& cycle, Key& key, std::uint64_t id);
    void park(DispatchCycle& cycle, const DeliveryAttemptPtr& work);
    void row_left(DispatchCycle& cycle, std::uint64_t key);
    Delivery delivery_of(const Entry& entry, std::uint64_t ordering_key, int attempts) const;
    void slot_done(Offset offset);
    void lease_ended(DispatchCycle& cycle, const DeliveryAttempt& work);

    const SubscriptionPtr subscription_;
    SubscriberRecord record_;
    const Tools& tools_;
    SerialExecutorSettings executor_settings_;
    std::vector<std::shared_ptr<SerialExecutor>> executors_;
    bool leaving_ = false;
    bool changed_ = false;  // record_ must be stored

    // The window. `scanned_` is the last entry that was read, wanted or not.
    std::deque<Slot> slots_;
    std::size_t window_bytes_ = 0;  // of the batches that its entries belong to
    Offset scanned_ = 0;
    std::size_t window_max_ = 16;
    double average_us_ = 0;

    std::unordered_map<std::uint64_t, Key> keys_;
    std::unordered_map<std::uint64_t, DeliveryAttemptPtr> works_;  // started, not settled
    std::unordered_map<std::uint64_t, AttemptResult> unanswered_;
    std::vector<std::pair<std::uint64_t, Result<Receipts>>> answers_;
    std::vector<AttemptSequence> fresh_;  // to start when the cycle is stored
    std::unordered_map<std::uint64_t, std::size_t> fresh_index_;

    // Numbers of rows by state, where the next step depends on them.
    std::int64_t outstanding_ = 0;
    std::int64_t replaying_ = 0;
    std::int64_t dead_ = 0;
    std::int64_t suspects_ = 0;
    std::size_t rows_in_flight_ = 0;
    bool suspect_runs_ = false;
    std::optional<SteadyTime> renewed_;
    SteadyTime lease_at_ = SteadyTime::min();  // due rows are started together, not one by one

    std::chrono::milliseconds probe_wait_{0};
    std::optional<Timestamp> probe_at_;

    std::int64_t attempts_ = 0;
    std::chrono::microseconds busy_{0};
    std::chrono::microseconds longest_{0};
};

}  // namespace rotacast::bus
