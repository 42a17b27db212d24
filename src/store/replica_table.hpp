#pragma once

// The SQL of a replica's writer, beside JournalTable's.

#include "store/journal_table.hpp"
#include "store/replica_entry.hpp"
#include "store/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::store {

/// Methods need a transaction that the caller began; after any error, the caller rolls it back.
class ReplicaTable {
  public:
    explicit ReplicaTable(Connection& connection) : connection_(connection) {}

    /// From now on others go on in the journal's epoch. Versions of aggregates are forgotten: the
    /// common order checks them. Its own transaction.
    Result<void> become_replica(JournalExtent& extent);

    /// Appends an entry with its own offset.
    Result<void> add(const ReplicaEntry& entry, const bus::KnownPtr& known);

    /// Drops all entries; the next one will be `offset`.
    Result<void> begin_at(JournalExtent& extent, bus::Offset offset);

    /// Drops the entries after `last`, and goes on in `epoch`.
    Result<void> rewind(JournalExtent& extent,
                        bus::Offset last,
                        const std::string& epoch,
                        const std::vector<FormerEpoch>& former);

    /// What is stored beside the entry of an event; nullopt: there is none.
    struct Found {
        bus::Offset offset = 0;
        bus::KnownPtr known;
    };
    Result<std::optional<Found>> find_known(const Uuid& event_id);

  private:
    Result<void> drop_after(JournalExtent& extent, bus::Offset last);
    Result<void> forget_facts(JournalExtent& extent);

    Connection& connection_;
};

}  // namespace rotacast::store
