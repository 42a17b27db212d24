#pragma once

// The newest batches, in order and in memory, from which each loop takes at its own pace. So a
// blocked loop delays nobody and makes nothing grow; if a batch is gone when the loop runs again,
// the loop reads the journal.

#include "hub/publication_batch.hpp"
#include "hub/recent_batches.hpp"
#include "hub/shared_result_cache.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace rotacast::hub {

/// A batch while the loops deliver it.
class Published {
  public:
    /// `budget` outlives it.
    Published(PublicationBatchPtr batch, std::size_t loops, SharedResultBudget& budget)
        : batch_(std::move(batch)), budget_(budget), loops_left_(loops) {}

    const PublicationBatchPtr& batch() const { return batch_; }

    /// The results that loops share for it; made on first use. Thread: a loop that has not called
    /// delivered() yet.
    SharedResultCache& texts();

    /// Called once by each loop that has delivered it; after the last, the shared results are
    /// freed. Thread: any.
    void delivered();

  private:
    const PublicationBatchPtr batch_;
    SharedResultBudget& budget_;
    std::atomic<std::size_t> loops_left_;
    std::mutex mutex_;
    std::unique_ptr<SharedResultCache> texts_;  // guarded by mutex_
};
using PublishedPtr = std::shared_ptr<Published>;

/// Thread: any. Within its bounds, except that the newest batch is always kept.
class PublishedLog {
  public:
    /// What follows a position.
    struct Next {
        PublishedPtr batch;             ///< nullptr: nothing yet, or see `missing_to`
        events::Offset missing_to = 0;  ///< not 0: entries up to here are no longer in memory
    };

    /// `position`: the newest entry of the journal before the first batch; `epoch`: of the journal.
    PublishedLog(events::Offset position, RecentBounds bounds, std::string epoch = {})
        : epoch_(std::move(epoch)), position_(position), bounds_(bounds) {}

    /// Returns the end of what is no longer in memory: a loop whose position is before it is
    /// behind. The first batch of another epoch of the journal replaces all earlier ones, and so
    /// does one that does not follow the last, because entries were trimmed.
    events::Offset add(PublishedPtr batch);

    /// `position`: the end of a batch of `epoch`, or before all batches that are kept. A loop in
    /// another epoch, or before trimmed entries, gets the oldest batch that is kept.
    Next next(const std::string& epoch, events::Offset position) const;

    struct End {
        std::string epoch;
        events::Offset position;  ///< the newest entry
    };
    End end() const;

    /// The newest entry of the journal.
    events::Offset position() const { return position_.load(); }

  private:
    mutable std::mutex mutex_;
    std::string epoch_;  // guarded by mutex_, as are the next four
    std::deque<PublishedPtr> batches_;
    std::size_t publications_ = 0;
    std::size_t bytes_ = 0;
    events::Offset trimmed_to_ = 0;
    std::atomic<events::Offset> position_;
    const RecentBounds bounds_;
};

}  // namespace rotacast::hub
