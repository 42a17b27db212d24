#pragma once

// The journal in the node's SQLite file: one writer thread, which commits everything that waits
// in one transaction (group commit), so many publishers share one flush of the disk.
//
// After an input/output error nothing that is in memory is believed: what the system has not
// written it may have forgotten, and the next flush need not say so. The file is closed, opened
// anew and brought to the disk as a whole; what stands in it then counts (docs/adr/0029).

#include "bus/retention_clock.hpp"
#include "store/epoch_keeper.hpp"
#include "store/file_lock.hpp"
#include "store/journal_reader.hpp"
#include "store/journal_table.hpp"

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
    // Waiting for the writer. Beyond, an append is `unavailable` at once.
    std::size_t pending_requests_max = 10'000;
    std::size_t pending_bytes_max = 64 << 20;
    // In one transaction; a single larger request has one to itself.
    std::size_t commit_entries_max = 4'096;
    std::size_t commit_bytes_max = 8 << 20;
    Retention retention;
    // Where others have been, who keep that elsewhere. The journal was at least so long.
    std::vector<bus::Cursor> seen;
    // What an entry's event leaves unsaid; outlives the journal. None: nothing is known.
    bus::Enricher* enricher = nullptr;
    // How often retention looks at the clock, and how often a journal that could not write tries.
    std::chrono::milliseconds maintenance_interval{1000};
    std::function<Timestamp()> clock = [] { return now(); };
    std::function<bus::SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
    // Entries at a time when the versions of aggregates are collected, some 20 ms.
    std::int64_t versions_slice = 1'000;
};

/// As bus::Journal promises. `done` of a request that is refused before it is queued (no room,
/// closed, malformed) is called by append itself, on the caller's thread. Callbacks must not
/// throw and must not call close().
class SqliteJournal final : public bus::Journal {
  public:
    /// Errors: `unavailable` when the file cannot be had, or another process writes it.
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

    /// The file opened for writing.
    struct Writer {
        Writer(Connection opened, bus::Enricher* enricher)
            : connection(std::move(opened)), table(connection, enricher) {}
        Connection connection;
        JournalTable table;
    };

    SqliteJournal(std::string path,
                  FileLock lock,
                  EpochKeeper keeper,
                  SqliteJournalOptions options);

    Result<void> open_file(const std::vector<bus::Cursor>& seen);
    void start(std::optional<Timestamp> known);
    std::optional<Error> enqueue(PendingAppend& pending);

    // On the writer's thread.
    void run();
    Batch take_batch();
    bool hold_for_versions(PendingAppend& pending);
    void commit(Batch batch);
    Result<Answers> store(Batch& batch, JournalExtent& extent, Timestamp time);
    Result<Answers> store_again(Batch& batch, JournalExtent& extent, Timestamp time);
    bus::EntryBatchPtr new_entries(Batch& batch, const Answers& answers, Timestamp time) const;
    void publish(bus::EntryBatchPtr entries);
    bool publish_up_to(bus::Offset last);
    void maintain();
    void trim();
    void collect_versions();
    void refuse_held(const Error& error);
    Timestamp retention_time();
    bool try_to_recover();
    Result<void> reopen();
    Result<void> learn_facts(JournalTable& table, JournalExtent& extent, JournalReader& reader);
    void reopen_or_refuse();
    void close_file();
    Result<void> finish();
    void set_writable(const std::optional<Error>& reason);
    void show_extent();

    const std::string path_;
    const SqliteJournalOptions options_;
    FileLock lock_;

    // The writer's own.
    EpochKeeper keeper_;
    std::unique_ptr<Writer> writer_;  // nullptr: closed after an input/output error
    JournalExtent extent_;
    bus::Offset published_ = 0;  // up to here the tail was told
    bool trim_more_ = true;
    std::optional<bus::RetentionClock> retention_clock_;
    std::chrono::steady_clock::time_point next_maintenance_;
    Tail tail_;  // set before the first append

    mutable std::mutex reader_mutex_;      // before mutex_
    std::optional<JournalReader> reader_;  // guarded; of the same epoch as state_

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable wake_;
    std::deque<PendingAppend> queue_;
    std::deque<PendingAppend> held_;  // with version claims, until those are known
    std::size_t queued_bytes_ = 0;    // of both
    bool closing_ = false;
    bus::JournalState state_;
    std::vector<FormerEpoch> former_;

    std::once_flag closed_;
    std::thread thread_;
};

}  // namespace rotacast::store
