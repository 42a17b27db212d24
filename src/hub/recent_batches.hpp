#pragma once

// The newest batches that went over one loop: whoever comes back soon is served from here, with
// bytes that were encoded for others already.

#include "hub/publication_batch.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace rotacast::hub {

struct RecentBounds {
    std::size_t publications_max = 10'000;
    std::size_t bytes_max = 32 << 20;  ///< of events as JSON; in memory about three times that
};

/// Thread: its loop's only. Loops share the batches, not this list.
class RecentBatches {
  public:
    /// `position`: the journal's newest entry before the first batch; `epoch`: the journal's.
    RecentBatches(events::Offset position, RecentBounds bounds, std::string epoch = {})
        : epoch_(std::move(epoch)), position_(position), bounds_(bounds) {}

    /// Behind a hole nothing before it is kept; in another epoch nothing of the former one.
    void add(const PublicationBatchPtr& batch);

    /// The epoch of all that is here.
    const std::string& epoch() const { return epoch_; }
    /// The newest entry that has gone over this loop.
    events::Offset position() const { return position_; }
    /// A place in the epoch, for clients.
    std::string cursor_at(const events::Position& place) const {
        return to_string(events::Cursor{epoch_, place});
    }

    /// Whether everything behind `place`, up to position(), is here.
    bool reach_back_to(const events::Position& place) const;

    /// The batch in which the first publication behind `place` would stand; nullptr when `place`
    /// is at position() or not reached.
    PublicationBatchPtr next(const events::Position& place) const;

    /// Oldest first.
    const std::deque<PublicationBatchPtr>& batches() const { return batches_; }

  private:
    std::string epoch_;
    std::deque<PublicationBatchPtr> batches_;
    std::size_t publications_ = 0;
    std::size_t bytes_ = 0;
    events::Offset position_;
    RecentBounds bounds_;
};

}  // namespace rotacast::hub
