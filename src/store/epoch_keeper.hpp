#pragma once

// Decides whether the journal keeps its epoch. If it is, or may be, shorter than a reader has seen
// it, it gets a new epoch: its offsets will be assigned again, and a cursor of the former epoch
// must not be mistaken for one of a new entry. Maintains the mark file that records what was seen
// (docs/adr/0028).

#include "store/journal_mark.hpp"
#include "store/journal_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rotacast::store {

/// What is known about the journal's past from outside the database.
struct JournalWitness {
    std::optional<JournalMark> mark;
    FileIdentity file;
    std::string boot;
    std::vector<bus::Cursor> seen;  ///< cursors that others hold: the handlers' positions
};

/// Why the journal must get a new epoch, for people; nullopt: it can keep its epoch.
std::optional<std::string> reason_to_renew(const JournalExtent& extent,
                                           const JournalWitness& witness);

/// What a journal that begins a new epoch shares with former epochs. `known` comes from the journal
/// itself; if that was restored from a copy, the mark may know of later epochs.
std::vector<FormerEpoch> former_epochs(const JournalExtent& extent,
                                       std::vector<FormerEpoch> known,
                                       const std::optional<JournalMark>& mark);

/// Thread: one at a time.
class EpochKeeper {
  public:
    /// The mark file is `<database>-mark`.
    static Result<EpochKeeper> open(std::string database, Synchronous synchronous);

    /// Renews the epoch of `extent`, also in the file, if necessary; then marks the journal as in
    /// use. Call it when the journal is opened and whenever its file is reopened.
    Result<void> look(JournalTable& table,
                      JournalExtent& extent,
                      const std::vector<bus::Cursor>& seen = {});

    /// Records that entries up to `last` are about to be published. Called for every commit: one
    /// small write. Logs only the first failure.
    void note_seen(bus::Offset last);

    /// Records the time that retention uses. noted_time() is the last one recorded, also by an
    /// earlier process.
    void note_time(Timestamp time);
    std::optional<Timestamp> noted_time() const;

    /// Records a clean shutdown: all entries are on the disk and the writer has ended.
    Result<void> note_closed();

    const std::vector<FormerEpoch>& former() const { return mark_.former; }

  private:
    EpochKeeper(std::string database, Synchronous synchronous, JournalMarkFile file)
        : database_(std::move(database)), synchronous_(synchronous), file_(std::move(file)) {}

    void complain(const Result<void>& written);

    std::string database_;
    Synchronous synchronous_;
    JournalMarkFile file_;
    JournalMark mark_;
    bool complained_ = false;
};

}  // namespace rotacast::store
