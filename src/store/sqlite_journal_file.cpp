// Opens the file of SqliteJournal, and reopens it after a disk failure.

#include "store/sqlite_journal.hpp"

#include "base/log.hpp"

namespace rotacast::store {

/// Reads the journal's extent and decides on its epoch.
Result<void> SqliteJournal::open_file(const std::vector<bus::Cursor>& seen) {
    return file_.open(view_,
                      [&seen](EpochKeeper& keeper, Connection& connection, JournalExtent& extent) {
                          JournalTable table(connection, nullptr);
                          return keeper.look(table, extent, seen);
                      });
}

/// If the journal has become shorter, it begins a new epoch, and the tail is notified.
Result<void> SqliteJournal::reopen() {
    const auto epoch = file_.extent().epoch;
    log::warn("The journal's disk has failed; the file is opened anew.");
    file_.close(view_);
    if (auto opened = open_file({}); !opened) return reopen_failed(opened.error());
    reopen_error_.clear();
    if (file_.extent().epoch != epoch) feed_.announce();
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
    if (auto opened = reopen(); !opened) view_.set_writable(opened.error());
}

}  // namespace rotacast::store
