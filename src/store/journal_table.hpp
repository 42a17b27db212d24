#pragma once

// The SQL of the journal's writer. What is called inside a transaction says so; the caller opens
// it, and after any error but `idempotency_conflict` rolls it back.

#include "store/pending_append.hpp"
#include "store/sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace rotacast::store {

/// What is kept. A bound of 0 bounds nothing; without any bound everything is kept.
struct Retention {
    std::chrono::milliseconds age_max{0};
    std::uint64_t entries_max = 0;
    std::uint64_t bytes_max = 0;  ///< of the entries' JSON; the file is larger by about half
    std::chrono::milliseconds idempotency_age_max{std::chrono::hours(24)};
};

/// Where the journal stands: entries `first` to `last` are there, all of them.
struct JournalExtent {
    std::string epoch;
    bus::Offset first = 1;
    bus::Offset last = 0;
    std::uint64_t bytes = 0;
};

class JournalTable {
  public:
    explicit JournalTable(Connection& connection) : connection_(connection) {}

    static Result<JournalExtent> load(Connection& connection);

    /// Inside a transaction: stores a request behind `last`, or nothing of it and
    /// `idempotency_conflict`. New entries are those whose receipt is no duplicate; they are
    /// numbered without holes.
    Result<bus::Receipts> add(const PendingAppend& pending, bus::Offset last, Timestamp now);

    /// Inside a transaction, after the additions.
    Result<void> save(const JournalExtent& extent);

    /// Drops up to `slice` of the oldest entries and keys that need not be kept. Returns the new
    /// extent; `more` when the slice was not enough. A transaction of its own.
    Result<JournalExtent> trim(const JournalExtent& extent,
                               const Retention& retention,
                               Timestamp now,
                               std::int64_t slice,
                               bool& more);

    /// Whether something can be written: writes 64 KiB and takes them away again.
    Result<void> probe();

  private:
    Result<std::optional<bus::Receipts>> find_earlier(const bus::AppendRequest& request);
    Result<bus::Receipts> add_entries(const PendingAppend& pending,
                                      bus::Offset last,
                                      Timestamp now);
    Result<bus::Receipt> add_entry(const PendingAppend& pending,
                                   std::size_t index,
                                   bus::Offset offset,
                                   Timestamp now);
    Result<bus::Receipt> find_duplicate(const Uuid& event_id, std::string_view body);
    Result<bool> has_keys_before(std::int64_t time);
    Result<void> remember_key(const bus::AppendRequest& request,
                              const bus::Receipts& receipts,
                              Timestamp now);

    Connection& connection_;
};

}  // namespace rotacast::store
