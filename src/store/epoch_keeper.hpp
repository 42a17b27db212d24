#pragma once

// Under which epoch the journal goes on. When the journal is shorter than somebody has seen it, or
// may be, it gets a new epoch: offsets are then given again, and a cursor of the former epoch must
// not be taken for one of them. Keeps the mark by which this is known (docs/adr/0028).

#include "store/journal_mark.hpp"
#include "store/journal_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rotacast::store {

/// What is known of the journal's past besides what stands in it.
struct JournalWitness {
    std::optional<JournalMark> mark;
    FileIdentity file;
    std::string boot;
    std::vector<bus::Cursor> seen;  ///< by others: the places of handlers
};

/// For people: why the journal cannot go on under its epoch. nullopt: it can.
std::optional<std::string> reason_to_renew(const JournalExtent& extent,
                                           const JournalWitness& witness);

/// What a journal that now begins a new epoch shares with former ones. `known` stands in the
/// journal itself; the mark may know of epochs that a journal from a copy does not.
std::vector<FormerEpoch> former_epochs(const JournalExtent& extent,
                                       std::vector<FormerEpoch> known,
                                       const std::optional<JournalMark>& mark);

/// Thread: one at a time.
class EpochKeeper {
  public:
    /// The mark is `<database>-mark`.
    static Result<EpochKeeper> open(std::string database, Synchronous synchronous);

    /// Renews the epoch of `extent`, in the file too, if it has to be; then marks the journal as in
    /// use. When the journal is opened, and whenever its file was opened anew.
    Result<void> look(JournalTable& table,
                      JournalExtent& extent,
                      const std::vector<bus::Cursor>& seen = {});

    /// Entries up to `last` are about to be handed out. For every commit: one small write. Why it
    /// could not be noted is logged once.
    void note_seen(bus::Offset last);

    /// The time by which retention goes; the last one that was noted, also by an earlier process.
    void note_time(Timestamp time);
    std::optional<Timestamp> noted_time() const;

    /// Everything is on the disk, and nobody writes any more.
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
