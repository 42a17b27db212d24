#pragma once

// Reads the journal's file, also while another process writes it.

#include "bus/journal.hpp"
#include "store/journal_table.hpp"
#include "store/sqlite.hpp"

namespace rotacast::store {

/// Thread: one at a time.
class JournalReader {
  public:
    /// Read-only. `unavailable` if the file does not exist.
    static Result<JournalReader> open(const std::string& path);

    /// The present epoch, oldest and newest entry.
    Result<JournalExtent> extent();

    /// Up to `limit` entries after `after`, none beyond `last`.
    Result<bus::EntryBatchPtr> read(const std::string& epoch,
                                    bus::Offset after,
                                    bus::Offset last,
                                    std::size_t limit);

  private:
    explicit JournalReader(Connection connection) : connection_(std::move(connection)) {}

    Connection connection_;
};

}  // namespace rotacast::store
