#pragma once

// Reads the journal's file, also while another process writes it.

#include "bus/journal.hpp"
#include "store/journal_table.hpp"
#include "store/replica_entry.hpp"
#include "store/sqlite.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

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

    /// The same without decoding, and up to some `bytes_max`: at least one.
    Result<std::vector<RawEntry>> read_raw(bus::Offset after,
                                           bus::Offset last,
                                           std::size_t limit,
                                           std::size_t bytes_max);

    /// The event at an offset; nullopt: there is no such entry.
    Result<std::optional<Uuid>> event_at(bus::Offset offset);
    /// The first entry of an event; nullopt: there is none.
    Result<std::optional<bus::Offset>> find(const Uuid& event_id);

  private:
    explicit JournalReader(Connection connection) : connection_(std::move(connection)) {}

    Connection connection_;
};

}  // namespace rotacast::store
