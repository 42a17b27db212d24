#pragma once

// The SQLite file of a journal while it is written: opened by one process at a time, and opened
// anew after an input/output error, because its state in memory is not trusted then
// (docs/adr/0029).

#include "store/epoch_keeper.hpp"
#include "store/file_lock.hpp"
#include "store/journal_table.hpp"
#include "store/journal_view.hpp"

#include <functional>
#include <memory>
#include <string>

namespace rotacast::store {

/// Thread: one at a time, the writer's once it runs.
class JournalFile {
  public:
    /// Decides whether the journal keeps its epoch, each time that the file was opened. May change
    /// the extent, in the file too.
    using Decide = std::function<Result<void>(EpochKeeper&, Connection&, JournalExtent&)>;

    /// Locks the file; does not open it. `enricher` may be null. `unavailable` if another process
    /// writes it.
    static Result<JournalFile> take(std::string path,
                                    ConnectionOptions options,
                                    bus::Enricher* enricher);

    /// Opens the file, reads the extent, brings the enricher up to date and shows all in `view`.
    Result<void> open(JournalView& view, const Decide& decide);
    void close(JournalView& view);

    bool is_open() const { return writer_ != nullptr; }
    /// Open, and an input/output error occurred: close it.
    bool has_failed() const { return writer_ && writer_->connection.io_failed(); }

    // While it is open.
    Connection& connection() { return writer_->connection; }
    JournalTable& table() { return writer_->table; }

    /// As of the last commit, or as it was when the file was closed.
    JournalExtent& extent() { return extent_; }
    EpochKeeper& keeper() { return keeper_; }

    /// Has the enricher forget everything and learn it from the file, because entries were dropped.
    /// After an error the file must be closed; open() then does it.
    Result<void> learn_again();

    /// Before the end: everything is on the disk afterwards. With synchronous=NORMAL, a commit
    /// reaches the disk with the next flushed one.
    Result<void> finish();

  private:
    /// The file, opened for writing.
    struct Writer {
        Writer(Connection opened, bus::Enricher* enricher)
            : connection(std::move(opened)), table(connection, enricher) {}
        Connection connection;
        JournalTable table;
    };

    JournalFile(std::string path,
                ConnectionOptions options,
                bus::Enricher* enricher,
                FileLock lock,
                EpochKeeper keeper);

    Result<void> learn_facts(JournalTable& table, JournalExtent& extent, JournalReader& reader);

    std::string path_;
    ConnectionOptions options_;
    bus::Enricher* enricher_;
    FileLock lock_;
    EpochKeeper keeper_;
    std::unique_ptr<Writer> writer_;  // nullptr: closed
    JournalExtent extent_;
    bool facts_learnt_ = false;  // the enricher knows what the entries up to extent_.last say
};

}  // namespace rotacast::store
