#pragma once

// Brings publications to one loop: takes what follows the loop's position from memory or, if the
// loop was blocked for too long, from the journal.

#include "base/error.hpp"
#include "base/histogram.hpp"
#include "hub/loop_hub.hpp"
#include "hub/published_log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

namespace rotacast::hub {

/// Reads the publications of up to `limit` entries after `after`; the first entry may lie further
/// on if retention deleted some. `done` is called once, on any thread, before the loops end.
/// Thread: any; does not block.
using ReadJournal = std::function<void(
    events::Offset after, std::size_t limit, std::function<void(Result<JournalRange>)> done)>;

/// At most one message is queued to a loop at a time, whatever is published meanwhile. Nothing is
/// lost silently: if even the journal lacks the entries in between, the subscribers are told so
/// (LoopHub::deliver).
class LoopFeed {
  public:
    static constexpr std::size_t block_entries = 256;
    static constexpr std::chrono::seconds retry_interval{1};
    static constexpr std::size_t early_batches_max = 1'000;  ///< that wait for the loop

    /// All references, and this object, outlive the loop's last message. Without `read`,
    /// a loop that falls behind the memory ends its subscribers.
    LoopFeed(boost::asio::any_io_executor executor,
             LoopHub& hub,
             const PublishedLog& log,
             const Encodings& encodings,
             ReadJournal read);

    /// Tells the loop that something was published. Thread: any.
    void wake();

    /// Keeps a batch of events without a place in the order until the loop has delivered all that
    /// was published before it. Does not wake the loop. If too many wait, drops it. Thread: any.
    void keep_early(PublicationBatchPtr batch);

    /// The newest entry that was delivered on the loop. Thread: any.
    events::Offset position() const { return position_.load(std::memory_order_relaxed); }
    /// How often publications had to be read from the journal. Thread: any.
    std::uint64_t catch_ups() const { return catch_ups_.load(std::memory_order_relaxed); }

    /// From when the journal stored events to when their recipients on this loop had been written
    /// to, once per recipient; what the kernel did not accept then waits in a send queue. Thread:
    /// any.
    const Histogram& latency() const { return latency_; }

  private:
    template <class Turn>
    void guarded(Turn&& turn) noexcept;
    void take_published();
    void show_early_ones();
    PublicationBatchPtr next_early();
    void read_up_to(events::Offset missing_to);
    void take_read(events::Offset missing_to, Result<JournalRange> range);
    void deliver(const PublicationBatchPtr& batch, SharedResultCache* shared);
    void count_latency(const PublicationBatch& batch, std::uint64_t deliveries_before);
    void retry() noexcept;

    boost::asio::any_io_executor executor_;
    LoopHub& hub_;
    const PublishedLog& log_;
    const Encodings& encodings_;
    const ReadJournal read_;
    boost::asio::steady_timer retry_timer_;
    std::atomic<bool> awake_{false};  // a wake-up is posted
    std::atomic<events::Offset> position_;
    std::atomic<std::uint64_t> catch_ups_{0};
    Histogram latency_;
    std::mutex early_mutex_;
    std::deque<PublicationBatchPtr> early_;  // guarded by early_mutex_
    bool reading_ = false;                   // waiting for the journal's answer
    bool behind_ = false;                    // the last delivery came from the journal
};

}  // namespace rotacast::hub
