#pragma once

// The journal in the node's SQLite file. One writer thread commits all waiting requests in one
// transaction (group commit), so many publishers share one flush of the disk.
//
// After an input/output error the state in memory is not trusted: the system may have lost
// unwritten pages, and the next flush may not report it. The file is closed, reopened and flushed
// as a whole; then its content counts (docs/adr/0029).

#include "config/journal.hpp"
#include "store/journal_file.hpp"
#include "store/journal_upkeep.hpp"
#include "store/journal_view.hpp"
#include "store/tail_feed.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace rotacast::store {

struct SqliteJournalOptions {
    ConnectionOptions connection;
    // Bounds on requests that wait for the writer. Beyond them append() fails with `unavailable` at
    // once.
    std::size_t pending_requests_max = config::Journal{}.queue_entries;
    std::size_t pending_bytes_max = config::Journal{}.queue_bytes;
    // Bounds on one transaction; a larger single request has its own.
    std::size_t commit_entries_max = 4'096;
    std::size_t commit_bytes_max = 8 << 20;
    Retention retention;
    // Cursors that others store elsewhere. The journal must once have been at least that long.
    std::vector<bus::Cursor> seen;
    // Completes events from earlier ones; must outlive the journal. Null: no enrichment.
    bus::Enricher* enricher = nullptr;
    // How often retention runs, and how often a journal that could not write retries.
    std::chrono::milliseconds maintenance_interval{1000};
    std::function<Timestamp()> clock = [] { return now(); };
    std::function<bus::SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
    // Entries per step when aggregate versions are collected; a step takes some 20 ms.
    std::int64_t versions_slice = 1'000;
};

/// See bus::Journal. If append() refuses a request before queueing it (full queue, closed,
/// malformed), it calls `done` itself on the caller's thread. Callbacks must not throw and must not
/// call close().
class SqliteJournal final : public bus::Journal {
  public:
    /// Errors: `unavailable` if the file cannot be opened or another process writes it.
    static Result<std::unique_ptr<SqliteJournal>> open(const std::string& path,
                                                       SqliteJournalOptions options = {});
    ~SqliteJournal() override;

    void append(bus::AppendRequest request, Done done) override;
    void follow(Tail tail) override;
    Result<bus::EntryBatchPtr> read(bus::Offset after, std::size_t limit) override;
    bus::JournalState state() const override;
    std::optional<bus::Offset> shared_with(const std::string& epoch) const override;
    void close() override;

  private:
    using Batch = std::vector<PendingAppend>;
    using Answers = std::vector<Result<bus::Receipts>>;

    SqliteJournal(JournalFile file, SqliteJournalOptions options);

    Result<void> open_file(const std::vector<bus::Cursor>& seen);
    void start();
    std::optional<Error> enqueue(PendingAppend& pending);

    // Thread: the writer's.
    void run();
    Batch take_batch();
    bool hold_for_versions(PendingAppend& pending);
    void commit(Batch batch);
    Result<Answers> store(Batch& batch, JournalExtent& extent, Timestamp time);
    Result<Answers> store_again(Batch& batch, JournalExtent& extent, Timestamp time);
    bus::EntryBatchPtr new_entries(Batch& batch, const Answers& answers, Timestamp time);
    void maintain();
    void collect_versions();
    void refuse_held(const Error& error);
    bool try_to_recover();
    Result<void> reopen();
    Error reopen_failed(const Error& error);
    void reopen_or_refuse();

    const SqliteJournalOptions options_;

    // Used by the writer's thread only, except view_. The file outlives its readers, because the
    // last connection to be closed removes the write-ahead log, and a reader's cannot.
    JournalFile file_;
    JournalView view_;
    TailFeed feed_{file_, view_};
    JournalUpkeep upkeep_;
    std::string reopen_error_;  // told already

    mutable std::mutex mutex_;  // guards the members below
    std::condition_variable wake_;
    std::deque<PendingAppend> queue_;
    std::deque<PendingAppend> held_;  // with version claims, until the versions are collected
    std::size_t queued_bytes_ = 0;    // of queue_ and held_
    bool closing_ = false;

    std::once_flag closed_;
    std::thread thread_;
};

}  // namespace rotacast::store
