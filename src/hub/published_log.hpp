#pragma once

// The newest batches, in order, for the loops to take: each follows at its own pace. So a loop that
// stands still holds up nobody and makes nothing grow; what it needs may be gone from here when it
// runs again, and then it reads the journal.

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

/// A batch on its way over the loops.
class Published {
  public:
    /// `budget` outlives it.
    Published(PublicationBatchPtr batch, std::size_t loops, SharedResultBudget& budget)
        : batch_(std::move(batch)), budget_(budget), loops_left_(loops) {}

    const PublicationBatchPtr& batch() const { return batch_; }

    /// What the loops share of it; made by the first that needs it. Thread: a loop that has not
    /// called delivered() yet.
    SharedResultCache& texts();

    /// A loop has delivered it; with the last, what is shared goes. Thread: any, once for each
    /// loop.
    void delivered();

  private:
    const PublicationBatchPtr batch_;
    SharedResultBudget& budget_;
    std::atomic<std::size_t> loops_left_;
    std::mutex mutex_;
    std::unique_ptr<SharedResultCache> texts_;  // by mutex_
};
using PublishedPtr = std::shared_ptr<Published>;

/// Thread: any. Bounded by its bounds, but for the newest batch, which is always there.
class PublishedLog {
  public:
    /// What comes behind a position.
    struct Next {
        PublishedPtr batch;             ///< nullptr: nothing yet, or `missing_to` says more
        events::Offset missing_to = 0;  ///< not 0: entries up to here are not in memory any more
    };

    /// `position`: the journal's newest entry before the first batch; `epoch`: the journal's.
    PublishedLog(events::Offset position, RecentBounds bounds, std::string epoch = {})
        : epoch_(std::move(epoch)), position_(position), bounds_(bounds) {}

    /// The end of what is not in memory any more: a loop whose position lies before it is behind.
    /// The first batch of another epoch of the journal takes the place of all before it.
    events::Offset add(PublishedPtr batch);

    /// `position`: an end of a batch of `epoch`, or before all that are here. A loop in another
    /// epoch is given the oldest batch that is here.
    Next next(const std::string& epoch, events::Offset position) const;

    struct End {
        std::string epoch;
        events::Offset position;  ///< the newest entry
    };
    End end() const;

    /// The newest entry.
    events::Offset position() const { return position_.load(); }

  private:
    mutable std::mutex mutex_;
    std::string epoch_;  // by mutex_, as the next three
    std::deque<PublishedPtr> batches_;
    std::size_t publications_ = 0;
    std::size_t bytes_ = 0;
    std::atomic<events::Offset> position_;
    const RecentBounds bounds_;
};

}  // namespace rotacast::hub
