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
    if (auto opened = open_file({}); !opened) return opened;
    if (file_.extent().epoch != epoch) feed_.announce();
    return {};
}

void SqliteJournal::reopen_or_refuse() {
    if (auto opened = reopen(); !opened) view_.set_writable(opened.error());
}

}  // namespace rotacast::store
