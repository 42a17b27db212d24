#pragma once

// Where subscribers read: the newest entries from memory, shared by all of them; older ones from
// the journal, in slices that those who are about as far behind share too.

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

/// Thread: one, the dispatcher's.
class EntryReader {
  public:
    /// `recent_max`: entries kept in memory; `bytes_max`: what they may take as JSON, beside the
    /// newest batch, and so much again for the slices, beside the newest slice.
    EntryReader(Journal& journal, std::size_t recent_max, std::size_t bytes_max);

    /// The journal's tail, in order; what is missing between is read from the journal. A batch of
    /// another epoch makes it forget what it has.
    void add(const EntryBatchPtr& batch);

    /// What comes next behind `after`; nothing while the tail has not told of a new epoch yet. The
    /// first entry's offset is higher than after + 1 when the journal has dropped some. Blocks
    /// while the journal is read.
    Result<Slice> after(Offset after);

    const std::string& epoch() const { return epoch_; }
    Offset last() const { return last_; }
    /// The oldest entry that can still be read.
    Offset first() const { return journal_.state().first; }
    /// Up to where the journal was the same under an earlier epoch (Journal::shared_with).
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
    std::deque<EntryBatchPtr> slices_;  // the last used in front
    std::size_t slices_bytes_ = 0;
    std::size_t slice_entries_ = 64;  // to be read at once: fewer when entries are large
};

}  // namespace rotacast::bus
