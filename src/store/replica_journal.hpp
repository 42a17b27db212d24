#pragma once

// A node's whole journal when its entries, offsets and epoch come from elsewhere: from the common
// order of a cluster. What reads a journal reads the replica as it reads SqliteJournal; only
// appending differs.
//
// It is the same file as SqliteJournal's. A node that ran alone may become a member with its file
// and leave again: docs/adr/0054.

#include "config/journal.hpp"
#include "store/journal_file.hpp"
#include "store/journal_upkeep.hpp"
#include "store/journal_view.hpp"
#include "store/replica_entry.hpp"
#include "store/replica_table.hpp"
#include "store/tail_feed.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace rotacast::store {

struct ReplicaJournalOptions {
    ConnectionOptions connection;
    // Bounds on what waits for the writer. Beyond them apply() and evaluate() fail with
    // `unavailable` at once.
    std::size_t pending_entries_max = config::Journal{}.queue_entries;
    std::size_t pending_bytes_max = config::Journal{}.queue_bytes;
    // Bounds on one transaction; a larger single apply() has its own.
    std::size_t commit_entries_max = 4'096;
    std::size_t commit_bytes_max = 8 << 20;
    Retention retention;
    // How often retention runs, and how often a journal that could not write retries.
    std::chrono::milliseconds maintenance_interval{1000};
    std::function<Timestamp()> clock = [] { return now(); };
    std::function<bus::SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
    // Cursors that others store elsewhere: entries up to them were handed out.
    std::vector<bus::Cursor> seen;
    // Completes events from earlier ones; must outlive the journal. Null: no enrichment.
    bus::Enricher* enricher = nullptr;
};

/// Thread-safe. No method blocks, except those under "reads" and close(). Requests are done in the
/// order in which they were made, on the journal's own thread: the tail first, then `done`.
/// Callbacks must not throw and must not call close(); they may call all others, and the enricher.
/// If a request is refused before it waits (queue full, closed), `done` is called on the caller's
/// thread. `done` is called exactly once.
///
/// Errors of all requests: `unavailable` if nothing was stored (full disk, locked database, full
/// queue, closed), or if the disk failed and it is unknown whether it was; what state() says then
/// decides.
class ReplicaJournal {
  public:
    using Tail = bus::Journal::Tail;
    template <class T>
    using Done = std::function<void(Result<T>)>;

    /// Errors: `unavailable` if the file cannot be opened or another process writes it.
    static Result<std::unique_ptr<ReplicaJournal>> open(const std::string& path,
                                                        ReplicaJournalOptions options = {});
    ~ReplicaJournal();

    /// Sets the tail. Must be called before the first request. As bus::Journal describes.
    void follow(Tail tail);

    /// Sets what is called on the journal's thread when the journal has failed and can be written
    /// again: go on with the entry after `last`. It may be less than before; entries that the tail
    /// has had are not passed to it again. Must be called before the first request.
    void when_recovered(std::function<void(bus::Offset last)> then);

    /// Stores consecutive entries. Those up to state().last that are the same events are ignored;
    /// what is trimmed counts as the same. `conflict` (path `/<entry>`) for a hole before an entry,
    /// or another event at an offset that is there: then none of these entries is stored. The
    /// result is the newest entry.
    void apply(std::vector<ReplicaEntry> entries, Done<bus::Offset> done);

    /// The next entry will be `offset`; all before it is trimmed, and what is known of things is
    /// forgotten, because it may have changed since. `conflict` if `offset` is there already. If it
    /// is the next one anyhow, nothing changes.
    void begin_at(bus::Offset offset, Done<void> done);

    struct Rewind {
        bus::Offset last = 0;  ///< entries after it are dropped; at least the newest: none
        std::string epoch;     ///< that follows, of at most 12 letters and digits
        /// What the order shares with former epochs, as the order knows it. What the file knows of
        /// others is kept beside it.
        std::vector<FormerEpoch> former = {};
        /// Called on the journal's thread with the entries that will be dropped, in order, in
        /// slices, before anything changes; on an error nothing is dropped, and `done` gets it.
        /// Put them where a crash does not lose them (SqliteOutbox::add_all), so that they can be
        /// appended again. May block, but not wait for this journal.
        std::function<Result<void>(std::vector<RawEntry>)> keep = {};
    };
    /// Goes on in another epoch. `conflict` if entries would be dropped within the present one; if
    /// none would be, only `former` is noted. The result is the number of dropped entries.
    void rewind(Rewind rewind, Done<std::uint64_t> done);

    /// The same without dropping anything.
    void adopt(std::string epoch, std::vector<FormerEpoch> former, Done<std::uint64_t> done);

    /// What the journal would say of an event if it were stored now.
    struct Evaluation {
        std::vector<std::string> unseen;    ///< as bus::Receipt::unseen
        std::optional<bus::Offset> offset;  ///< of the entry, if the event is stored already
        bus::KnownPtr known;                ///< as bus::Entry::known
    };
    /// Evaluates the events of one request; earlier ones count for later ones. Stores nothing.
    void evaluate(std::vector<events::Envelope> envelopes, Done<std::vector<Evaluation>> done);

    /// Says that the journal has once held all that the order had: what was handed out before is
    /// then known to be there.
    void note_complete();

    /// The last entry that this node has ever handed to anybody, by an earlier process too, under
    /// the epoch in which it did. nullopt: unknown, because the file or its mark was put back or
    /// power was lost; it becomes known by note_complete() or another epoch. It may lie behind
    /// state().last if the file became shorter: then somebody may have seen entries that only
    /// others still have.
    std::optional<bus::Cursor> seen() const;

    // Reads. Thread: any; they block like bus::Journal::read.
    Result<bus::EntryBatchPtr> read(bus::Offset after, std::size_t limit);
    /// Up to `limit` entries after `after` and up to some `bytes_max`, at least one; not decoded.
    Result<std::vector<RawEntry>> read_raw(bus::Offset after,
                                           std::size_t limit,
                                           std::size_t bytes_max = 8 << 20);
    /// The event at `offset`; nullopt: trimmed, or not there yet.
    Result<std::optional<Uuid>> event_at(bus::Offset offset);
    /// The event's first entry; nullopt: there is none.
    Result<std::optional<bus::Offset>> find(const Uuid& event_id);

    bus::JournalState state() const;
    std::optional<bus::Offset> shared_with(const std::string& epoch) const;
    /// What is shared with former epochs, the latest last.
    std::vector<FormerEpoch> former() const;

    /// Stores what was accepted, refuses new requests, ends the writer. Blocks. Idempotent.
    void close();

  private:
    struct Apply {
        std::vector<ReplicaEntry> entries;
        Done<bus::Offset> done;
        // Filled in by the writer.
        std::size_t known_entries = 0;     // the first ones, which the journal has already
        std::vector<bus::KnownPtr> known;  // of the others
    };
    struct BeginAt {
        bus::Offset offset;
        Done<void> done;
    };
    struct Turn {
        Rewind rewind;
        Done<std::uint64_t> done;
    };
    struct Evaluate {
        std::vector<events::Envelope> envelopes;
        Done<std::vector<Evaluation>> done;
    };
    struct NoteComplete {};
    struct Request {
        std::variant<Apply, BeginAt, Turn, Evaluate, NoteComplete> what;
        std::size_t entries = 0;
        std::size_t bytes = 0;
    };
    using Applies = std::vector<Apply>;
    using Answers = std::vector<Result<bus::Offset>>;

    ReplicaJournal(JournalFile file, ReplicaJournalOptions options);

    Result<void> open_file();
    void start();
    std::optional<Error> enqueue(Request& request);

    // Thread: the writer's. replica_journal_writer.cpp:
    void run();
    std::vector<Request> take();
    void perform(std::vector<Request> requests);
    void maintain();
    bool try_to_recover();
    void note_writable();
    Result<void> reopen();
    void reopen_or_refuse();
    bool is_ready();
    void show_seen();
    // replica_journal_apply.cpp:
    void store(Applies applies);
    Result<Answers> write(Applies& applies, JournalExtent& extent);
    Result<Answers> write_again(Applies& applies, JournalExtent& extent);
    Result<void> check(Apply& apply, const JournalExtent& extent);
    Result<void> append(Apply& apply, JournalExtent& extent);
    bus::EntryBatchPtr new_entries(Applies& applies, const Answers& answers);
    // replica_journal_epochs.cpp:
    void perform(BeginAt& request);
    void perform(Turn& request);
    void perform(Evaluate& request);
    void perform(NoteComplete request);
    Result<void> hand_over(const Rewind& rewind);
    Result<void> turn(const Rewind& rewind);
    Result<void> begin(bus::Offset offset);
    template <class Step>
    Result<void> change(Step step);
    Result<std::vector<Evaluation>> evaluations_of(const std::vector<events::Envelope>& envelopes);
    Result<Evaluation> evaluation_of(const events::Envelope& envelope, bus::Offset offset);

    const ReplicaJournalOptions options_;

    // Used by the writer's thread only, except view_. The file outlives its readers, because the
    // last connection to be closed removes the write-ahead log, and a reader's cannot.
    JournalFile file_;
    JournalView view_;
    TailFeed feed_{file_, view_};
    JournalUpkeep upkeep_;
    std::function<void(bus::Offset)> recovered_;  // set before the first request

    mutable std::mutex mutex_;  // guards the members below
    std::condition_variable wake_;
    std::deque<Request> queue_;
    std::size_t queued_entries_ = 0;
    std::size_t queued_bytes_ = 0;
    bool closing_ = false;
    std::optional<bus::Cursor> seen_;

    std::once_flag closed_;
    std::thread thread_;
};

}  // namespace rotacast::store
