// Opens and closes the file of SqliteJournal, and reopens it after a disk failure.

#include "store/sqlite_journal.hpp"

#include "base/log.hpp"
#include "store/schema.hpp"

namespace rotacast::store {

/// Reads the journal's extent and decides on its epoch.
Result<void> SqliteJournal::open_file(const std::vector<bus::Cursor>& seen) {
    auto connection = open_database(path_, options_.connection);
    if (!connection) return connection.error();
    auto writer = std::make_unique<Writer>(std::move(*connection), options_.enricher);
    // Write again what a failed flush may have lost.
    if (auto done = writer->connection.checkpoint(); !done) return done;
    auto reader = JournalReader::open(path_);
    if (!reader) return reader.error();
    auto extent = JournalTable::load(writer->connection);
    if (!extent) return extent.error();
    if (auto looked = keeper_.look(writer->table, *extent, seen); !looked) return looked;
    if (writer->connection.io_failed())
        return Error{ErrorCode::unavailable, "The journal's disk has failed.", ""};
    if (auto learnt = learn_facts(writer->table, *extent, *reader); !learnt) return learnt;
    const std::scoped_lock lock(reader_mutex_);
    writer_ = std::move(writer);
    reader_.emplace(std::move(*reader));
    extent_ = std::move(*extent);
    show_extent();
    return {};
}

/// Brings the enricher up to date with the journal's end. After an input/output error it needs only
/// the entries that were stored without an answer; in a new epoch it learns everything again.
Result<void> SqliteJournal::learn_facts(JournalTable& table,
                                        JournalExtent& extent,
                                        JournalReader& reader) {
    if (!options_.enricher) return {};
    if (extent.epoch == extent_.epoch) return table.learn_behind(extent_.last, extent, reader);
    options_.enricher->reset();
    auto restored = table.restore_facts(extent, reader);
    if (!restored) return restored.error();
    extent = std::move(*restored);
    return {};
}

/// If the journal has become shorter, it begins a new epoch, and the tail is notified.
Result<void> SqliteJournal::reopen() {
    const auto epoch = extent_.epoch;
    log::warn("The journal's disk has failed; the file is opened anew.");
    close_file();
    if (auto opened = open_file({}); !opened) return reopen_failed(opened.error());
    reopen_error_.clear();
    if (extent_.epoch == epoch) return {};
    published_ = extent_.last;
    if (tail_)
        tail_(std::make_shared<const bus::EntryBatch>(
            bus::EntryBatch{.epoch = extent_.epoch, .entries = {}, .last = extent_.last}));
    return {};
}

/// The reason goes to the log, once: it may have the file's path, and publishers are told the
/// result.
Error SqliteJournal::reopen_failed(const Error& error) {
    if (std::exchange(reopen_error_, error.message) != error.message)
        log::error("The journal's file cannot be opened again: {}", error.message);
    return {error.code, "The journal's disk has failed.", ""};
}

void SqliteJournal::reopen_or_refuse() {
    if (auto opened = reopen(); !opened) set_writable(opened.error());
}

void SqliteJournal::close_file() {
    const std::scoped_lock lock(reader_mutex_);
    reader_.reset();
    writer_.reset();
}

/// With synchronous=NORMAL, a commit reaches the disk with the next flushed one.
Result<void> SqliteJournal::finish() {
    if (!writer_) return Error{ErrorCode::unavailable, "The journal's disk has failed.", ""};
    if (auto done = writer_->connection.set_synchronous(Synchronous::full); !done) return done;
    if (auto done = writer_->table.probe(); !done) return done;
    return keeper_.note_closed();
}

}  // namespace rotacast::store
