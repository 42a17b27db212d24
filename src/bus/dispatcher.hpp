#pragma once

// Delivers the journal's entries to the subscribers and records each one that a handler did not
// complete. Owns the delivery store and, once started, a thread named `bus`; other threads send it
// messages.
//
// One cycle: take the messages, store in one transaction the outcomes and the new attempts, then
// start these attempts. Without new attempts, the transaction waits a moment for more rows.

#include "bus/delivery_store.hpp"
#include "bus/dispatcher_options.hpp"
#include "bus/inbox.hpp"
#include "bus/retention_clock.hpp"
#include "bus/subscriber.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <thread>

namespace rotacast::bus {

class Dispatcher {
  public:
    /// `bus`, `journal` and whatever the handlers capture must outlive it, and the journal must
    /// still be open when close() is called. Subscribers may have been added before.
    Dispatcher(Bus& bus,
               Journal& journal,
               std::unique_ptr<DeliveryStore> store,
               DispatcherOptions options = {});
    ~Dispatcher();  ///< close()
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// Receives the journal's tail; connect it before start(). Thread-safe. Never blocks.
    void on_entries(EntryBatchPtr entries) { inbox_->post(std::move(entries)); }

    /// Starts the dispatcher's thread.
    void start();

    /// Starts no more handlers, requests running ones to stop, and waits for them as long as the
    /// options say. A handler that does not return counts as a failed attempt at the next start.
    /// Blocks. Idempotent. Do not call it from a handler.
    ///
    /// Returns the number of handlers that have not returned. Their threads go on, so unless it is
    /// 0, whatever the handlers capture must live as long as the process.
    std::size_t close();

    /// The duties have changed. Thread-safe.
    void wake() { inbox_->wake(); }

    /// For BusAdmin and the duties: runs the message on the dispatcher's thread. False if closed.
    bool post(Inbox::Message message);

    // Tests call this instead of start(): one cycle on the caller's thread, and when the next one
    // is due if nothing else happens.
    void cycle();
    const std::optional<SteadyTime>& next_wake() const { return wake_; }

    // For messages. Thread: the dispatcher's.

    /// False while the store is unusable; there are no Subscribers then.
    bool ready() const { return loaded_; }
    /// Commits what earlier cycles left in the store's transaction, so that the caller can begin
    /// its own. After an error ready() is false, and all Subscriber pointers are invalid.
    Result<void> flush();
    /// A caller whose commit fails must call store_failed().
    DeliveryStore& store() { return *store_; }
    /// Memory and store may differ after a failure, so this drops all Subscribers and reads the
    /// state again from the store a moment later. All Subscriber pointers are invalid.
    void store_failed(const Error& error);
    /// Lets `write` replace what the store has of a subscriber that is not attached, in a
    /// transaction of its own. What was in flight there counts as interrupted by the end of a
    /// process. Call it in a message, if ready().
    Result<void> replace_stored(const std::string& subscriber,
                                const std::function<void(DeliveryStore&)>& write);
    Timestamp now() const { return options_.clock.wall(); }
    const EntryReader& reader() const { return reader_; }
    const DispatcherOptions& options() const { return options_; }
    /// nullptr: no handler of that name in this process.
    Subscriber* find(const std::string& name);
    /// Call flush() first.
    void refresh_counts();
    void add_range(const Replay& replay) { ranges_.push_back(replay); }
    void answered(std::int64_t subscriber, std::uint64_t work, Result<Receipts> receipts);
    Subscribers::Map registered() const { return bus_.subscribers().list(); }

  private:
    using Map = std::map<std::string, std::unique_ptr<Subscriber>>;

    void run();
    void finish();
    bool all_idle() const;
    void load();
    bool anything_to_start() const;
    /// Handlers that were running when the store failed.
    struct LeftBehind {
        std::shared_ptr<const std::atomic<int>> threads;
        int lost_before = 0;              ///< of `threads`, before the failure
        std::optional<SteadyTime> until;  ///< when they have timed out; nullopt: no timeout
    };

    bool is_held_up(DispatchCycle& cycle, const std::string& name);
    void follow_registry(DispatchCycle& cycle);
    Subscribers::Map on_duty(DispatchCycle& cycle) const;
    std::set<std::string> running() const;
    bool has_new_running() const;
    void tell_running();
    void attach(DispatchCycle& cycle, SubscriptionPtr subscription);
    void detach(DispatchCycle& cycle, Map::iterator found);
    void trim(DispatchCycle& cycle);
    void feed_ranges(DispatchCycle& cycle);
    void cut_ranges(DispatchCycle& cycle, std::int64_t subscriber, const std::string& epoch);
    void feed_range(DispatchCycle& cycle, Replay& range, Subscriber& subscriber);

    Bus& bus_;
    const DispatcherOptions options_;
    std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();  // executors may outlive this
    std::unique_ptr<DeliveryStore> store_;
    EntryReader reader_;
    WriteBatcher writes_;
    HandlerThreadPool threads_;
    std::mt19937_64 random_;
    SubscriberContext subscriber_context_;
    CrashQuarantine quarantine_;
    std::uint64_t next_work_ = 1;
    Map subscribers_;
    std::map<std::string, LeftBehind> left_behind_;
    std::optional<std::set<std::string>> told_running_;
    std::set<std::string> attached_;   // in this cycle
    std::set<std::string> recovered_;  // recovered from an earlier process, and stored
    std::vector<Replay> ranges_;       // not yet completely read
    SteadyTime trim_at_ = SteadyTime::min();
    RetentionClock retention_clock_{std::nullopt};
    bool loaded_ = false;
    bool leaving_ = false;
    std::optional<SteadyTime> wake_;
    std::optional<SteadyTime> load_again_;

    std::atomic<bool> closing_ = false;
    std::once_flag closed_;
    std::size_t handlers_left_ = 0;
    std::thread thread_;
};

}  // namespace rotacast::bus
