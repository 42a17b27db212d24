#pragma once

// The newest batches that were delivered on one loop. Clients that reconnect soon are served from
// here, with bytes that were already encoded for others.

#include "config/journal.hpp"
#include "hub/publication_batch.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace rotacast::hub {

struct RecentBounds {
    std::size_t publications_max = config::Journal{}.tail_entries;
    std::size_t bytes_max = 32 << 20;  ///< of events as JSON; about three times that in memory
};

/// Thread: its loop's only. Loops share the batches, not this list.
class RecentBatches {
  public:
    /// `position`: the newest entry of the journal before the first batch; `epoch`: of the journal.
    RecentBatches(events::Offset position, RecentBounds bounds, std::string epoch = {})
        : epoch_(std::move(epoch)), position_(position), bounds_(bounds) {}

    /// Drops all earlier batches if there is a hole before this one or it belongs to another epoch.
    void add(const PublicationBatchPtr& batch);

    /// The epoch of all batches here.
    const std::string& epoch() const { return epoch_; }
    /// The newest entry that was delivered on this loop.
    events::Offset position() const { return position_; }
    /// A position in this epoch, as a cursor for clients.
    std::string cursor_at(const events::Position& position) const {
        return to_string(events::Cursor{epoch_, position});
    }

    /// Whether everything after `position`, up to position(), is here.
    bool reach_back_to(const events::Position& position) const;

    /// The batch in which the first publication after `position` would be; nullptr if `position` is
    /// at position() or before the oldest batch.
    PublicationBatchPtr next(const events::Position& position) const;

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
