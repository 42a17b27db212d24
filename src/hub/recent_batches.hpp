#pragma once

// The newest batches that went over one loop: whoever comes back soon is served from here, with
// bytes that were encoded for others already.

#include "hub/publication_batch.hpp"

#include <cstddef>
#include <deque>

namespace rotacast::hub {

struct RecentBounds {
    std::size_t publications_max = 10'000;
    std::size_t bytes_max = 32 << 20;  ///< of events as JSON; in memory about three times that
};

/// Thread: its loop's only. Loops share the batches, not this list.
class RecentBatches {
  public:
    /// `position`: the journal's newest entry before the first batch.
    RecentBatches(events::Offset position, RecentBounds bounds)
        : position_(position), bounds_(bounds) {}

    /// Behind a hole nothing before it is kept.
    void add(const PublicationBatchPtr& batch);

    /// The newest entry that has gone over this loop.
    events::Offset position() const { return position_; }

    /// Whether everything behind `place`, up to position(), is here.
    bool reach_back_to(const events::Place& place) const;

    /// The batch in which the first publication behind `place` would stand; nullptr when `place`
    /// is at position() or not reached.
    PublicationBatchPtr next(const events::Place& place) const;

    /// Oldest first.
    const std::deque<PublicationBatchPtr>& batches() const { return batches_; }

  private:
    std::deque<PublicationBatchPtr> batches_;
    std::size_t publications_ = 0;
    std::size_t bytes_ = 0;
    events::Offset position_;
    RecentBounds bounds_;
};

}  // namespace rotacast::hub
