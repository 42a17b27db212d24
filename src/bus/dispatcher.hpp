#pragma once

// Hands the journal's entries to the subscribers and sees to it that each is handled, or kept with
// the reason why not. Owns the store of deliveries and, once started, a thread called `bus`; all
// that happens to it comes as messages. One cycle: take what came, store in one transaction what is
// finished and what begins, then let that begin. When nothing begins, that waits a moment for more.

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
    /// `bus`, `journal` and what handlers have captured must outlive it; the journal must still
    /// be open when close() is called. Subscribers may have been added before.
    Dispatcher(Bus& bus,
               Journal& journal,
               std::unique_ptr<DeliveryStore> store,
               DispatcherOptions options = {});
    ~Dispatcher();  ///< close()
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// The journal's tail; connect it before start(). Thread: any. Never blocks.
    void on_entries(EntryBatchPtr entries) { inbox_->post(std::move(entries)); }

    /// Begins, on a thread of its own.
    void start();

    /// Begins nothing more, asks handlers that run to come back, waits for them as long as the
    /// options say. What does not come back counts as a failed attempt at the next start. Blocks;
    /// idempotent; not from a handler.
    ///
    /// Returns how many handlers have not come back. Their threads go on, so while that is not 0,
    /// what handlers have captured must live as long as the process.
    std::size_t close();

    /// For BusAdmin: runs it on the dispatcher's thread; false when it is closed.
    bool post(Inbox::Message message);

    // Instead of start(), for tests: one cycle, on the caller's thread; and when the next one is
    // due if nothing else happens.
    void cycle();
    const std::optional<SteadyTime>& next_wake() const { return wake_; }

    // For messages: on the dispatcher's thread.

    /// False while the store cannot be had; then there are no subscribers here.
    bool ready() const { return loaded_; }
    /// Stores what earlier turns have left in the store's transaction, so that the caller can begin
    /// one of its own. After an error this is not ready(), and no Subscriber from before is there
    /// any more.
    Result<void> flush();
    /// Whoever is told by a commit that the store failed says so by store_failed().
    DeliveryStore& store() { return *store_; }
    /// What is in memory may say more than is stored, or less: everything is taken up anew from the
    /// store, a moment later. No Subscriber from before is there any more.
    void store_failed(const Error& error);
    Timestamp now() const { return options_.clock.wall(); }
    const EntryReader& reader() const { return reader_; }
    const DispatcherOptions& options() const { return options_; }
    /// nullptr: no handler of that name here.
    Subscriber* find(const std::string& name);
    /// After flush().
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
    /// Handlers of a subscriber that was there when the store failed.
    struct LeftBehind {
        std::shared_ptr<const std::atomic<int>> threads;
        int lost_before = 0;              ///< of `threads`
        std::optional<SteadyTime> until;  ///< then they have timed out
    };

    bool is_held_up(DispatchCycle& cycle, const std::string& name);
    void follow_registry(DispatchCycle& cycle);
    void attach(DispatchCycle& cycle, SubscriptionPtr subscription);
    void detach(DispatchCycle& cycle, Map::iterator found);
    void trim(DispatchCycle& cycle);
    void feed_ranges(DispatchCycle& cycle);
    void cut_ranges(DispatchCycle& cycle, std::int64_t subscriber, const std::string& epoch);
    void feed_range(DispatchCycle& cycle, Replay& range, Subscriber& subscriber);

    Bus& bus_;
    const DispatcherOptions options_;
    std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();  // lanes left behind know it too
    std::unique_ptr<DeliveryStore> store_;
    EntryReader reader_;
    WriteBatcher writes_;
    HandlerThreadPool threads_;
    std::mt19937_64 dice_;
    Tools tools_;
    CrashQuarantine suspects_;
    std::uint64_t next_work_ = 1;
    Map subscribers_;
    std::map<std::string, LeftBehind> left_behind_;
    std::set<std::string> attached_;  // in this cycle
    std::set<std::string> taken_up_;  // what an earlier process left of them is dealt with, stored
    std::vector<Replay> ranges_;      // that are still to be read
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
