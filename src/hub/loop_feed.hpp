#pragma once

// How one loop comes to what was published: it takes what lies behind its own position, from memory
// or, when it has stood still for too long, from the journal.

#include "base/error.hpp"
#include "hub/loop_hub.hpp"
#include "hub/published_log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

namespace rotacast::hub {

/// Reads the publications of up to `limit` entries behind `after`; the first may lie further on
/// when retention has taken some. `done` is called once, on any thread, before the loops have
/// ended. Thread: any; does not block.
using ReadJournal = std::function<void(
    events::Offset after, std::size_t limit, std::function<void(Result<JournalRange>)> done)>;

/// Waiting for a loop is never more than one message, whatever is published meanwhile. Nothing is
/// lost: where even the journal cannot say what came between, everybody on the loop is ended, and
/// comes back with a cursor (LoopHub::deliver).
class LoopFeed {
  public:
    static constexpr std::size_t block_entries = 256;
    static constexpr std::chrono::seconds retry_interval{1};

    /// All references outlive the loop's last message, and so does this. Without `read` what is not
    /// in memory is not to be had.
    LoopFeed(boost::asio::any_io_executor executor,
             LoopHub& hub,
             const PublishedLog& log,
             const Encodings& forms,
             ReadJournal read);

    /// Something was published. Thread: any.
    void wake();

    /// The newest entry that has gone over the loop. Thread: any.
    events::Offset position() const { return position_.load(std::memory_order_relaxed); }
    /// How often what was due had to be read from the journal. Thread: any.
    std::uint64_t catch_ups() const { return catch_ups_.load(std::memory_order_relaxed); }

  private:
    template <class Turn>
    void guarded(Turn&& turn) noexcept;
    void take_published();
    void read_up_to(events::Offset missing_to);
    void take_read(events::Offset missing_to, Result<JournalRange> stretch);
    void deliver(const PublicationBatchPtr& batch, SharedResultCache* shared);
    void retry() noexcept;

    boost::asio::any_io_executor executor_;
    LoopHub& hub_;
    const PublishedLog& log_;
    const Encodings& encodings_;
    const ReadJournal read_;
    boost::asio::steady_timer retry_timer_;
    std::atomic<bool> awake_{false};  // a turn is posted
    std::atomic<events::Offset> position_;
    std::atomic<std::uint64_t> catch_ups_{0};
    bool reading_ = false;  // an answer of the journal is awaited
    bool behind_ = false;   // the last that was delivered came from the journal
};

}  // namespace rotacast::hub
