#pragma once

// The SQL of the journal's writer. Methods marked "inside a transaction" need one that the caller
// began; after any error that is not a refusal, the caller rolls it back.

#include "store/journal_mark.hpp"
#include "store/pending_append.hpp"
#include "store/sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace rotacast::store {

/// What the journal keeps. 0 sets no bound on entries; idempotency keys always expire.
struct Retention {
    std::chrono::milliseconds age_max{0};
    std::uint64_t entries_max = 0;
    std::uint64_t bytes_max = 0;  ///< of the entries' JSON; the file is about half as large again
    std::chrono::milliseconds idempotency_age_max{std::chrono::hours(24)};
};

/// The extent of the journal: it holds exactly the entries `first` to `last`.
struct JournalExtent {
    std::string epoch;
    bus::Offset first = 1;
    bus::Offset last = 0;
    std::uint64_t bytes = 0;
    bool marked = false;          ///< a mark file once existed (store/journal_mark.hpp)
    bus::Offset facts_up_to = 0;  ///< journal_facts contains what entries up to here said
    /// Aggregate versions are collected from this entry on. nullopt: no request has needed them.
    std::optional<bus::Offset> versions_from = {};
    /// Its order came from elsewhere (store/replica_journal.hpp), and others go on in its epoch.
    bool replica = false;

    bool knows_versions() const { return versions_from && *versions_from <= first; }
};

/// The error concerns one request: nothing of it was stored, and the transaction can continue.
bool is_refusal(const Error& error);

class JournalReader;

class JournalTable {
  public:
    /// `enricher` may be null; then no facts are known.
    JournalTable(Connection& connection, bus::Enricher* enricher)
        : connection_(connection), enricher_(enricher) {}

    static Result<JournalExtent> load(Connection& connection);

    /// The former epochs in the file, the latest last.
    Result<std::vector<FormerEpoch>> former_epochs();
    /// Replaces them. Inside a transaction.
    Result<void> save_former_epochs(const std::vector<FormerEpoch>& former);
    /// Gives the journal a new epoch of its own, in the file and in `extent`. Its own transaction.
    Result<void> renew_epoch(JournalExtent& extent, const std::vector<FormerEpoch>& former);
    /// Records that a mark file is about to be created.
    Result<void> note_marked(JournalExtent& extent);

    /// Inside a transaction: appends a request after the extent, or stores nothing of it and
    /// returns a refusal (`idempotency_conflict`, `version_conflict`, `invalid_field`). New entries
    /// are those whose receipt is not a duplicate; their offsets are dense.
    ///
    /// Requests with version claims require an extent that knows_versions().
    Result<bus::Receipts> add(PendingAppend& pending, const JournalExtent& extent, Timestamp now);

    /// Inside a transaction, after the additions.
    Result<void> save(const JournalExtent& extent);

    /// Loads the enricher when the journal is opened: from the stored facts and the entries after
    /// them. Also stores the facts: the first time, and when those entries are many. Blocks while
    /// reading: the whole journal the first time, later the facts and some 50,000 entries. Errors:
    /// those of JournalReader::read.
    Result<JournalExtent> restore_facts(const JournalExtent& extent, JournalReader& reader);

    /// Has the enricher learn the entries after `after`; first rolls back what it learnt in an
    /// unfinished transaction.
    Result<void> learn_behind(bus::Offset after,
                              const JournalExtent& extent,
                              JournalReader& reader);

    /// Stores about `facts_max` of the facts not yet stored, the oldest first, once many entries
    /// follow facts_up_to, because a restart reads all of those. Its own transaction.
    Result<JournalExtent> keep_facts_behind(const JournalExtent& extent, std::size_t facts_max);

    /// Continues to collect the aggregates' versions, from the newest entry back, by `slice`
    /// entries. Its own transaction. From the first call on, add() records the version of each new
    /// entry; a journal whose requests never claim versions does not pay for them.
    Result<void> collect_versions(JournalExtent& extent, std::int64_t slice);

    /// When the newest entry was stored; nullopt: the journal is empty.
    Result<std::optional<Timestamp>> newest();

    /// Drops up to `slice` of the oldest entries and idempotency keys beyond the retention. Returns
    /// the new extent; sets `more` if there is more to drop. Its own transaction.
    Result<JournalExtent> trim(const JournalExtent& extent,
                               const Retention& retention,
                               Timestamp now,
                               std::int64_t slice,
                               bool& more);

    /// Tests whether the file can be written: writes 64 KiB and removes them again.
    Result<void> probe();

  private:
    Result<std::optional<bus::Receipts>> find_earlier(const bus::AppendRequest& request);
    Result<bus::Receipts> add_entries(PendingAppend& pending,
                                      const JournalExtent& extent,
                                      Timestamp now);
    Result<void> check_claim(const bus::VersionClaim& claim,
                             const events::Envelope& envelope,
                             const JournalExtent& extent);
    Result<bus::Offset> version_of(const events::Envelope& envelope, bus::Offset first);
    Result<void> note_version(const events::Envelope& envelope, bus::Offset version);
    Result<void> forget_versions(bus::Offset first);
    Result<bool> has_event(const Uuid& event_id);
    Result<bus::Receipt> add_entry(PendingAppend& pending,
                                   std::size_t index,
                                   bus::Offset offset,
                                   Timestamp now);
    Result<bus::Receipt> find_duplicate(const events::Envelope& envelope, std::string_view body);
    Result<void> name_unseen(const bus::AppendRequest& request, bus::Receipts& receipts);
    Result<void> write_facts(const bus::FactSlice& facts);
    Result<JournalExtent> keep_facts(const JournalExtent& extent, std::size_t facts_max);
    Result<bool> has_keys_before(std::int64_t time);
    Result<void> remember_key(const bus::AppendRequest& request,
                              const bus::Receipts& receipts,
                              Timestamp now);

    Connection& connection_;
    bus::Enricher* const enricher_;
};

}  // namespace rotacast::store
