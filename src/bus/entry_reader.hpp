#pragma once

// Reads the journal for the subscribers: the newest entries from memory that all share; older ones
// from the journal, in slices shared by subscribers at about the same position.

#include "bus/journal.hpp"

#include <deque>
#include <optional>
#include <string>

namespace rotacast::bus {

/// Entries of a batch from `index` on. Empty at the journal's end.
struct Slice {
    EntryBatchPtr batch;
    std::size_t index = 0;

    bool empty() const { return !batch || index >= batch->entries.size(); }
};

/// Thread: the dispatcher's only.
class EntryReader {
  public:
    /// `recent_max`: entries kept in memory. `bytes_max`: their size as JSON, not counting the
    /// newest batch; the same bound applies to the slices, not counting the newest slice.
    EntryReader(Journal& journal, std::size_t recent_max, std::size_t bytes_max);

    /// Adds a batch of the journal's tail, in order; entries that are missing in between are read
    /// from the journal. A batch of another epoch clears the cache.
    void add(const EntryBatchPtr& batch);

    /// The entries after `after`; empty while the tail has not announced a new epoch yet. The first
    /// entry's offset is higher than after + 1 if the journal has dropped some. Blocks while it
    /// reads the journal.
    Result<Slice> after(Offset after);

    const std::string& epoch() const { return epoch_; }
    Offset last() const { return last_; }
    /// The oldest entry that can still be read.
    Offset first() const { return journal_.state().first; }
    /// The last entry that this journal shares with an earlier epoch (Journal::shared_with).
    std::optional<Offset> shared_with(const std::string& epoch) const {
        return journal_.shared_with(epoch);
    }

  private:
    static constexpr std::size_t slice_entries_max = 512;
    static constexpr std::size_t slices_max = 16;

    void keep_recent(const EntryBatchPtr& batch);
    void keep_slice(const EntryBatchPtr& slice);
    void begin_epoch(const EntryBatch& batch);
    std::optional<Slice> find_recent(Offset after) const;
    std::optional<Slice> find_slice(Offset after);

    Journal& journal_;
    const std::size_t recent_max_;
    const std::size_t bytes_max_;
    std::string epoch_;
    Offset last_ = 0;
    std::deque<EntryBatchPtr> recent_;  // consecutive
    std::size_t recent_entries_ = 0;
    std::size_t recent_bytes_ = 0;
    std::deque<EntryBatchPtr> slices_;  // most recently used first
    std::size_t slices_bytes_ = 0;
    std::size_t slice_entries_ = 64;  // entries per read: fewer when entries are large
};

}  // namespace rotacast::bus
