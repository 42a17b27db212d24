#pragma once

// The newest entries of a journal in memory: whoever comes back soon is served without the disk.

#include "bus/journal.hpp"

#include <cstddef>
#include <deque>
#include <mutex>

namespace rotacast::store {

/// Thread: any.
class RecentEntries {
  public:
    RecentEntries(std::size_t entries_max, std::size_t bytes_max)
        : entries_max_(entries_max), bytes_max_(bytes_max) {}

    /// `batch` follows the one before without a hole. `bytes` stands for its size. Batches are
    /// dropped whole, the oldest first; one beyond a bound by itself is not kept.
    void add(bus::EntryBatchPtr batch, std::size_t bytes);

    /// Up to `limit` entries behind `after`; nullptr when the next one is not here.
    bus::EntryBatchPtr read(bus::Offset after, std::size_t limit) const;

  private:
    struct Held {
        bus::EntryBatchPtr batch;
        std::size_t bytes;
    };

    const std::size_t entries_max_;
    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::deque<Held> held_;
    std::size_t entries_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace rotacast::store
