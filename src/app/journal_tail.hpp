#pragma once

// Passes entries from the journal's thread to the loop that follows the journal: every entry once,
// in order, however long the loop is blocked.

#include "bus/journal.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace rotacast::app {

/// A batch without entries, which announces another epoch of the journal or a hole in it, is passed
/// on like any other. Unordered entries are passed on if there is room; they come again. Bounded in bytes: batches beyond the bound are dropped here and read from the journal
/// after the loop has taken the rest.
class JournalTail {
  public:
    static constexpr std::size_t waiting_bytes_max = 16 << 20;  ///< of events as JSON
    static constexpr std::size_t block_entries = 256;
    static constexpr std::chrono::seconds retry_interval{1};

    /// `take` is called on `loop`, which must run on one thread. `workers`: where the journal may
    /// block; must be stopped before this is destroyed. `state`: of the journal before the first
    /// batch.
    JournalTail(boost::asio::any_io_executor loop,
                boost::asio::any_io_executor workers,
                bus::Journal& journal,
                const bus::JournalState& state,
                std::function<void(const bus::EntryBatchPtr&)> take);

    /// Thread: the journal's. If memory is short it does not throw; the entries are read again
    /// later.
    void on_entries(bus::EntryBatchPtr batch) noexcept;

    /// How often entries had to be read again. Thread: any.
    std::uint64_t catch_ups() const { return catch_ups_.load(std::memory_order_relaxed); }

  private:
    void wake();
    void take_waiting() noexcept;
    void take(const bus::EntryBatchPtr& batch);
    bool goes_on_elsewhere(const bus::EntryBatch& batch) const;
    void read_missing(bus::Offset missing_to);
    void take_read(const Result<bus::EntryBatchPtr>& read);
    void start_over(const std::vector<bus::EntryBatchPtr>& taken) noexcept;
    void keep(const bus::EntryBatchPtr& batch) noexcept;
    void begin(const bus::EntryBatch& first);
    bool is_of_newest_epoch(const bus::EntryBatch& batch) const;
    void retry() noexcept;

    boost::asio::any_io_executor loop_;
    boost::asio::any_io_executor workers_;
    bus::Journal& journal_;
    const std::function<void(const bus::EntryBatchPtr&)> take_;
    bus::Offset position_;  // used only on the loop, as are the next three
    std::string epoch_;
    bool reading_ = false;
    boost::asio::steady_timer retry_timer_;

    std::atomic<bool> awake_{false};  // a call of take_waiting() is posted
    std::atomic<std::uint64_t> catch_ups_{0};
    std::mutex mutex_;  // guards the members below
    std::vector<bus::EntryBatchPtr> waiting_;
    std::size_t waiting_bytes_ = 0;
    const std::string first_epoch_;
    // The first batch of the newest epoch, or the one that announced the newest hole in it; nullptr:
    // still the first epoch, without a hole
    bus::EntryBatchPtr newest_start_;
    bus::Offset missing_to_ = 0;  // entries of the newest epoch up to here must be read; 0: none
};

}  // namespace rotacast::app
