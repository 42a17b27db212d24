#pragma once

// What everybody but the writer sees of a journal in an SQLite file: its state and its entries. The
// writer's thread shows here what it has committed.

#include "bus/journal.hpp"
#include "store/journal_reader.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::store {

/// Thread: any, except where it says the writer's.
class JournalView {
  public:
    /// See bus::Journal. `unavailable` while the file is closed after a disk failure.
    Result<bus::EntryBatchPtr> read(bus::Offset after, std::size_t limit);
    bus::JournalState state() const;
    std::optional<bus::Offset> shared_with(const std::string& epoch) const;
    std::vector<FormerEpoch> former() const;  ///< the latest last

    /// Calls `use(reader, state)`; meanwhile neither the file nor the epoch changes. Returns its
    /// result, or `unavailable` while the file is closed.
    template <class Use>
    auto with_reader(Use use)
        -> decltype(use(std::declval<JournalReader&>(), bus::JournalState())) {
        const std::scoped_lock lock(reader_mutex_);
        const auto shown = state();
        if (!reader_) return closed();
        return use(*reader_, shown);
    }

    // Thread: the writer's.
    /// The file was opened.
    void open(JournalReader reader,
              const JournalExtent& extent,
              const std::vector<FormerEpoch>& former);
    void close();
    void show(const JournalExtent& extent);
    void show(const JournalExtent& extent, const std::vector<FormerEpoch>& former);
    /// Keeps readers out while entries that they may be looking for are dropped and the new extent
    /// is shown; otherwise they could read an entry of the next epoch as one of the former.
    std::unique_lock<std::mutex> hold_readers() { return std::unique_lock(reader_mutex_); }
    /// nullopt: it can be written. Logs changes.
    void set_writable(const std::optional<Error>& reason);

  private:
    static Error closed();

    mutable std::mutex reader_mutex_;      // lock before mutex_
    std::optional<JournalReader> reader_;  // guarded; of the same epoch as state_

    mutable std::mutex mutex_;  // guards the members below
    bus::JournalState state_;
    std::vector<FormerEpoch> former_;
};

}  // namespace rotacast::store
