#pragma once

// The tail of the stream on its way to the replica: one read at a time, bounded by what the replica
// has not stored yet.

#include "cluster/shared.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>

namespace rotacast::cluster {

/// Part of Ordering.
class Tail {
  public:
    explicit Tail(Shared& shared) : shared_(shared), handed_(shared.replica.last) {}

    /// Reads after the replica's newest entry. Nothing may be being stored.
    void begin();
    /// Asks for nothing more; what was handed to the replica is still being stored.
    void stop();

    /// Why the records do not go on where the replica ends, or are of an epoch that this node has
    /// not taken over; the node must say hello. Those before are passed to the replica:
    /// `handed_records` are they.
    std::optional<std::string_view> stream_read(ActionId id,
                                                StreamRecords records,
                                                StreamRecords& handed_records);
    void replica_stored(Offset last);
    /// What was being stored is not, beyond the replica's last entry.
    void replica_recovered();

    /// Nothing is being stored.
    bool quiet() const { return unstored_.empty(); }
    /// The newest entry that the replica has or was told to store.
    Offset handed() const { return handed_; }

  private:
    struct Batch {
        Offset last;
        std::size_t bytes;
    };

    void read_more();

    Shared& shared_;
    bool running_ = false;
    ActionId read_ = 0;
    Offset handed_;
    std::size_t unstored_bytes_ = 0;
    std::deque<Batch> unstored_;
};

}  // namespace rotacast::cluster
