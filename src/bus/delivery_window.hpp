#pragma once

// The window of a subscriber: the entries after its position that it has started.
//
// Entries enter in the order of the journal and may be done in any order. The position is the last
// entry before the first one that is not done. It never decreases.

#include "bus/journal.hpp"

#include <cstddef>
#include <deque>

namespace rotacast::bus {

/// Thread: the dispatcher's. The caller bounds the number of entries; has_room_for() bounds the
/// memory of their batches.
class DeliveryWindow {
  public:
    /// Empties the window. Every entry up to `position` counts as read and done.
    void start_at(Offset position);

    /// Notes that `entry` was read, whether the subscriber wants it or not.
    void read(Offset entry) { read_ = entry; }

    /// The last entry that was read.
    Offset last_read() const { return read_; }

    /// Adds the entry, which must come after all others, as not done. `batch` contains it.
    void add(Offset entry, const EntryBatch& batch);

    /// Ignores entries that are not in the window.
    void mark_done(Offset entry);

    /// Removes the done entries at the front, so that size() counts the others.
    void drop_done();

    /// Every entry up to here is done. If the window is empty, this is last_read(). Call
    /// drop_done() first to get the newest value.
    Offset position() const { return slots_.empty() ? read_ : slots_.front().offset - 1; }

    bool empty() const { return slots_.empty(); }
    std::size_t size() const { return slots_.size(); }

    /// Started entries keep their batches in memory. False if they have `bytes_max` bytes or more
    /// and `batch` is not the newest of them.
    bool has_room_for(const EntryBatch& batch, std::size_t bytes_max) const;

  private:
    struct Slot {
        Offset offset = 0;
        bool done = false;
        const EntryBatch* batch = nullptr;  ///< only compared, not dereferenced
        std::size_t bytes = 0;              ///< of the batch, in the last slot that holds it
    };

    std::deque<Slot> slots_;
    std::size_t bytes_ = 0;  // of the batches that the entries belong to
    Offset read_ = 0;
};

}  // namespace rotacast::bus
