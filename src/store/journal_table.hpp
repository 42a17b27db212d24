#pragma once

// The SQL of the journal's writer. What is called inside a transaction says so; the caller opens
// it, and after any error that is no refusal rolls it back.

#include "store/journal_mark.hpp"
#include "store/pending_append.hpp"
#include "store/sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

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
    bool marked = false;          ///< a mark was made for it at some time (store/journal_mark.hpp)
    bus::Offset facts_up_to = 0;  ///< what these entries said is in journal_facts
    /// Of these and later entries the versions of aggregates are known. nullopt: nobody has asked.
    std::optional<bus::Offset> versions_from = {};

    bool knows_versions() const { return versions_from && *versions_from <= first; }
};

/// Concerns one request: nothing of it is there, and the transaction may go on without it.
bool is_refusal(const Error& error);

class JournalReader;

class JournalTable {
  public:
    /// `enricher` may be null: nothing is known then.
    JournalTable(Connection& connection, bus::Enricher* enricher)
        : connection_(connection), enricher_(enricher) {}

    static Result<JournalExtent> load(Connection& connection);

    /// As they stand in the file, the latest last.
    Result<std::vector<FormerEpoch>> former_epochs();
    /// Gives the journal a new epoch, in the file and in `extent`. A transaction of its own.
    Result<void> renew_epoch(JournalExtent& extent, const std::vector<FormerEpoch>& former);
    /// A mark is about to be made.
    Result<void> note_marked(JournalExtent& extent);

    /// Inside a transaction: stores a request behind the extent, or nothing of it and a refusal
    /// (`idempotency_conflict`, `version_conflict`). New entries are those whose receipt is no
    /// duplicate; they are numbered without holes.
    ///
    /// Takes a request with version claims only when the extent knows_versions().
    Result<bus::Receipts> add(PendingAppend& pending, const JournalExtent& extent, Timestamp now);

    /// Inside a transaction, after the additions.
    Result<void> save(const JournalExtent& extent);

    /// Has the enricher know what the journal says, when it is opened: from the facts that were
    /// kept and the entries behind them. The first time, and when those are many, keeps the facts.
    /// Blocks for as long as reading takes: the first time the whole journal, later the facts and
    /// some 50,000 entries. Errors: as JournalReader::read.
    Result<JournalExtent> restore_facts(const JournalExtent& extent, JournalReader& reader);

    /// Has the enricher know what the entries behind `after` say; what it has learnt in a
    /// transaction that did not end is forgotten.
    Result<void> learn_behind(bus::Offset after,
                              const JournalExtent& extent,
                              JournalReader& reader);

    /// Keeps about `facts_max` of the facts that are not kept yet, the oldest first, when the
    /// entries behind facts_up_to have become many: a restart reads those. A transaction of its
    /// own.
    Result<JournalExtent> keep_facts_behind(const JournalExtent& extent, std::size_t facts_max);

    /// Goes on collecting the versions of aggregates, from the newest entry back, by `slice`
    /// entries. A transaction of its own. From the first call on every new entry is collected as
    /// it is added; a journal that nobody asks for versions does not pay for them.
    Result<void> collect_versions(JournalExtent& extent, std::int64_t slice);

    /// When the newest entry was stored; nullopt when there is none.
    Result<std::optional<Timestamp>> newest();

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
