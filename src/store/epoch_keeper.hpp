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

/// For a replica, whose epoch is not its own to renew: the last entry that was handed out, and the
/// epoch in which it was. It may lie behind the extent. nullopt: unknown.
std::optional<bus::Cursor> handed_out(const JournalExtent& extent, const JournalWitness& witness);

/// What a journal shares with former epochs when it goes on after entry `last` in an epoch that
/// others began. `given` is what they know; `known` comes from the journal itself.
std::vector<FormerEpoch> former_epochs_before(const std::string& epoch,
                                              const JournalExtent& extent,
                                              bus::Offset last,
                                              const std::vector<FormerEpoch>& known,
                                              const std::vector<FormerEpoch>& given);

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

    /// The same for a replica: never renews the epoch. If it is not known what was handed out, or
    /// it was under another epoch, the mark stays as it is until note_epoch() or note_seen_all(),
    /// so that this is not forgotten.
    Result<void> join(JournalTable& table,
                      JournalExtent& extent,
                      const std::vector<bus::Cursor>& seen = {});

    /// Of a replica: see handed_out().
    const std::optional<bus::Cursor>& seen() const { return seen_; }

    /// Records the epoch in which the replica goes on, after the extent's last entry, and the
    /// former ones.
    Result<void> note_epoch(const JournalExtent& extent, std::vector<FormerEpoch> former);

    /// Records that nothing after the extent's last entry was handed out.
    Result<void> note_seen_all(const JournalExtent& extent);

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
    Result<void> write();

    std::string database_;
    Synchronous synchronous_;
    JournalMarkFile file_;
    JournalMark mark_;
    std::optional<bus::Cursor> seen_;
    bool is_current_ = false;  // the file has mark_; otherwise, an earlier mark that says more
    bool complained_ = false;
};

}  // namespace rotacast::store
