#pragma once

// Requests to publish that are not in the common order yet: durable, in the order in which they
// were accepted.
//
// It is a file of its own, `<database>-outbox`. SQLite has one writer per file, and while the
// outbox drains, the replica writes the drained entries: neither should wait for the other. While
// nothing drains, at most one of both is written, so a second file costs no second flush. The two
// files need no common transaction: an event is appended by its id, so a row that was not removed
// in time is recognised; and what the replica drops is put in here first
// (ReplicaJournal::Rewind::keep).

#include "bus/journal.hpp"
#include "store/file_lock.hpp"
#include "store/outbox_file.hpp"
#include "store/sqlite.hpp"

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

struct SqliteOutboxOptions {
    ConnectionOptions connection;
    // Bounds on what is stored and what waits to be. Beyond them add() fails with `unavailable`.
    std::size_t rows_max = 1'000'000;
    std::size_t bytes_max = std::size_t{1} << 30;  ///< of the rows' texts
    // Bound on what waits for the writer, in bytes of the rows' texts.
    std::size_t pending_bytes_max = 64 << 20;
    std::size_t commit_rows_max = 4'096;
    // How often a file that could not be written is tried again.
    std::chrono::milliseconds retry_interval{1000};
    std::function<Timestamp()> clock = [] { return now(); };
};

/// Thread-safe. Requests are done in the order in which they were made. `done` is called exactly
/// once, on the outbox' own thread after the commit; if a request is refused before it waits
/// (bounds, closed, malformed), on the caller's. Callbacks must not throw and must not call
/// close().
class SqliteOutbox {
  public:
    /// Numbers of rows ascend; a number is never used again. From 1.
    using Sequence = std::uint64_t;
    using Added = std::function<void(Result<Sequence>)>;
    using Removed = std::function<void(Result<void>)>;

    struct Row {
        Sequence sequence = 0;
        Timestamp stored_at;
        /// `internal` if this version cannot read it.
        Result<bus::AppendRequest> request;
    };

    struct State {
        std::size_t rows = 0;   ///< durable ones
        std::size_t bytes = 0;  ///< of their texts
        Sequence last = 0;      ///< of the newest row ever stored
        bool writable = true;
        std::string reason;  ///< why it is not writable, for people
    };

    /// Errors: `unavailable` if the file cannot be opened or another process uses it; `internal` if
    /// a newer version of this program wrote it.
    static Result<std::unique_ptr<SqliteOutbox>> open(const std::string& path,
                                                      SqliteOutboxOptions options = {});
    ~SqliteOutbox();

    /// Never blocks. Errors: those of bus::Journal::append for requests that are malformed;
    /// `unavailable` if the outbox is full or closed, nothing could be stored, or the disk failed
    /// and it is unknown whether it was (an event sent again with the same id is appended once).
    void add(bus::AppendRequest request, Added done);

    /// Several requests in one transaction: all are stored, or none. The result is the last one's
    /// number. May exceed the bounds, because what is put in here is nowhere else
    /// (ReplicaJournal::Rewind::keep).
    void add_all(std::vector<bus::AppendRequest> requests, Added done);

    /// Never blocks. Rows that are not there are ignored.
    void remove(std::vector<Sequence> rows, Removed done = {});
    void remove_up_to(Sequence last, Removed done = {});

    /// Up to `limit` durable rows after `after`, ascending, and up to some `bytes_max`, at least
    /// one. Blocks.
    Result<std::vector<Row>> read(Sequence after,
                                  std::size_t limit,
                                  std::size_t bytes_max = 8 << 20);

    State state() const;

    /// Stores what was accepted, refuses new requests, ends the writer. Blocks. Idempotent.
    void close();

  private:
    struct Add {
        std::vector<std::string> texts;
        Added done;
        Sequence first = 0;  // given by the writer
    };
    struct Remove {
        std::vector<Sequence> rows;
        Sequence up_to = 0;
        Removed done;
    };
    struct Request {
        std::variant<Add, Remove> what;
        std::size_t rows = 0;   // to add
        std::size_t bytes = 0;  // of their texts
    };
    using Batch = std::vector<Request>;

    SqliteOutbox(FileLock lock, std::string path, SqliteOutboxOptions options);

    void add_texts(std::vector<std::string> texts, bool bounded, Added done);
    std::optional<Error> enqueue(Request& request, bool bounded);

    // Thread: the writer's.
    void run();
    Batch take();
    void store(Batch batch);
    void number(Batch& batch);
    Result<void> write(const Batch& batch);
    Result<void> write_again(const Batch& batch);
    Result<void> connect();
    void close_file();
    void try_to_recover();
    void show(const std::optional<Error>& reason);

    FileLock lock_;
    const std::string path_;
    const SqliteOutboxOptions options_;

    // Used by the writer's thread only.
    std::optional<OutboxFile> file_;  // nullopt: closed after an input/output error
    Sequence numbered_ = 0;           // the last number that was given
    std::chrono::steady_clock::time_point next_try_;

    std::mutex reader_mutex_;
    std::optional<OutboxReader> reader_;  // guarded

    mutable std::mutex mutex_;  // guards the members below
    std::condition_variable wake_;
    std::deque<Request> queue_;
    std::size_t queued_rows_ = 0;
    std::size_t queued_bytes_ = 0;
    bool closing_ = false;
    State state_;

    std::once_flag closed_;
    std::thread thread_;
};

}  // namespace rotacast::store
