#include "store/epoch_keeper.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rotacast::store {
namespace {

using bus::Offset;

bool is_same_boot(const JournalMark& mark, const JournalWitness& witness) {
    return !witness.boot.empty() && witness.boot == mark.boot;
}

std::vector<FormerEpoch> bounded_epochs(std::vector<FormerEpoch> all) {
    if (all.size() > JournalMark::former_max)
        all.erase(all.begin(), all.end() - JournalMark::former_max);
    return all;
}

std::optional<std::string> reason_of_mark(const JournalExtent& extent,
                                          const JournalMark& mark,
                                          const JournalWitness& witness) {
    if (mark.epoch != extent.epoch)
        return "its mark speaks of epoch " + mark.epoch + ", so the file was put back";
    if (mark.file != witness.file) return "its file is not the one that was marked, but a copy";
    if (extent.last < mark.seen)
        return "it ends at entry " + std::to_string(extent.last) + ", and entry " +
               std::to_string(mark.seen) + " was handed out";
    if (mark.synchronous == Synchronous::normal && !mark.clean && !is_same_boot(mark, witness))
        return "the machine went down with synchronous=NORMAL, and the last commits may be lost";
    return std::nullopt;
}

void remember(std::vector<FormerEpoch>& all, const std::string& epoch, Offset shared) {
    const auto found = std::ranges::find(all, epoch, &FormerEpoch::epoch);
    if (found != all.end())
        found->shared = std::max(found->shared, shared);
    else
        all.push_back({epoch, shared});
}

std::optional<Offset> shared_with(const JournalMark& mark, const std::string& epoch) {
    if (mark.epoch == epoch) return std::numeric_limits<Offset>::max();
    const auto found = std::ranges::find(mark.former, epoch, &FormerEpoch::epoch);
    return found == mark.former.end() ? std::nullopt : std::optional(found->shared);
}

}  // namespace

std::optional<std::string> reason_to_renew(const JournalExtent& extent,
                                           const JournalWitness& witness) {
    if (extent.replica) return "it was the replica of a cluster, which goes on in its epoch";
    if (witness.mark) {
        if (auto reason = reason_of_mark(extent, *witness.mark, witness)) return reason;
    } else if (extent.marked) {
        return "its mark is missing, so nobody knows how long it was";
    }
    for (const auto& cursor : witness.seen)
        if (cursor.epoch == extent.epoch && cursor.position.offset > extent.last)
            return "it ends at entry " + std::to_string(extent.last) + ", and a handler was at " +
                   std::to_string(cursor.position.offset);
    return std::nullopt;
}

std::vector<FormerEpoch> former_epochs(const JournalExtent& extent,
                                       std::vector<FormerEpoch> known,
                                       const std::optional<JournalMark>& mark) {
    std::vector<FormerEpoch> all;
    if (mark) {
        if (const auto shared = shared_with(*mark, extent.epoch)) {
            for (const auto& former : mark->former)
                remember(all, former.epoch, std::min({former.shared, *shared, extent.last}));
            remember(all, mark->epoch, std::min(*shared, extent.last));
        }
    }
    for (const auto& former : known)
        remember(all, former.epoch, std::min(former.shared, extent.last));
    std::erase_if(all, [&](const FormerEpoch& one) { return one.epoch == extent.epoch; });
    all.push_back({extent.epoch, extent.last});
    return bounded_epochs(std::move(all));
}

std::optional<bus::Cursor> handed_out(const JournalExtent& extent, const JournalWitness& witness) {
    auto last = extent.last;
    if (witness.mark) {
        const auto& mark = *witness.mark;
        // The mark is not flushed with each commit. If it says less than was handed out, the
        // entries say the rest, unless some are missing too.
        const bool lost_power = !mark.clean && !is_same_boot(mark, witness);
        const bool may_lack_entries =
            mark.synchronous == Synchronous::normal || mark.file != witness.file;
        if (lost_power && may_lack_entries) return std::nullopt;
        if (mark.epoch != extent.epoch) return bus::Cursor{mark.epoch, {mark.seen}};
        last = std::max(last, mark.seen);
    } else if (extent.marked) {
        return std::nullopt;
    }
    for (const auto& cursor : witness.seen)
        if (cursor.epoch == extent.epoch) last = std::max(last, cursor.position.offset);
    return bus::Cursor{extent.epoch, {last}};
}

std::vector<FormerEpoch> former_epochs_before(const std::string& epoch,
                                              const JournalExtent& extent,
                                              Offset last,
                                              const std::vector<FormerEpoch>& known,
                                              const std::vector<FormerEpoch>& given) {
    std::vector<FormerEpoch> all;
    all.reserve(known.size() + 1);
    for (const auto& former : known) all.push_back({former.epoch, std::min(former.shared, last)});
    all.push_back({extent.epoch, std::min(extent.last, last)});
    for (const auto& former : given) {
        const auto found = std::ranges::find(all, former.epoch, &FormerEpoch::epoch);
        // If entries of the present epoch are dropped, no more than what is left is shared.
        const bool diverged = former.epoch == extent.epoch && last < extent.last;
        const auto shared = diverged ? std::min(former.shared, last) : former.shared;
        if (found != all.end()) all.erase(found);
        all.push_back({former.epoch, shared});
    }
    std::erase_if(all, [&](const FormerEpoch& one) { return one.epoch == epoch; });
    return bounded_epochs(std::move(all));
}

Result<EpochKeeper> EpochKeeper::open(std::string database, Synchronous synchronous) {
    auto file = JournalMarkFile::open(database + "-mark");
    if (!file) return file.error();
    return EpochKeeper(std::move(database), synchronous, std::move(*file));
}

Result<void> EpochKeeper::look(JournalTable& table,
                               JournalExtent& extent,
                               const std::vector<bus::Cursor>& seen) {
    const JournalWitness witness{file_.read(), FileIdentity::of(database_), boot_id(), seen};
    auto former = table.former_epochs();
    if (!former) return former.error();
    if (const auto reason = reason_to_renew(extent, witness)) {
        *former = former_epochs(extent, std::move(*former), witness.mark);
        const auto before = extent.epoch;
        if (auto done = table.renew_epoch(extent, *former); !done) return done;
        log::warn("The journal begins a new epoch, {} after {}, because {}.",
                  extent.epoch,
                  before,
                  *reason);
    } else if (!extent.marked) {
        if (auto done = table.note_marked(extent); !done) return done;
    }
    mark_ = {extent.epoch,
             extent.last,
             witness.mark ? witness.mark->time : Timestamp(),
             witness.file,
             witness.boot,
             synchronous_,
             false,
             std::move(*former)};
    seen_ = bus::Cursor{extent.epoch, {extent.last}};
    return write();
}

Result<void> EpochKeeper::join(JournalTable& table,
                               JournalExtent& extent,
                               const std::vector<bus::Cursor>& seen) {
    const JournalWitness witness{file_.read(), FileIdentity::of(database_), boot_id(), seen};
    auto former = table.former_epochs();
    if (!former) return former.error();
    seen_ = handed_out(extent, witness);
    mark_ = {extent.epoch,
             seen_ ? seen_->position.offset : extent.last,
             witness.mark ? witness.mark->time : Timestamp(),
             witness.file,
             witness.boot,
             synchronous_,
             false,
             std::move(*former)};
    is_current_ = seen_ && seen_->epoch == extent.epoch;
    return is_current_ ? write() : Result<void>();
}

Result<void> EpochKeeper::note_epoch(const JournalExtent& extent, std::vector<FormerEpoch> former) {
    mark_.former = std::move(former);
    if (mark_.epoch == extent.epoch) return is_current_ ? write() : Result<void>();
    mark_.epoch = extent.epoch;
    return note_seen_all(extent);
}

Result<void> EpochKeeper::note_seen_all(const JournalExtent& extent) {
    mark_.seen = extent.last;
    seen_ = bus::Cursor{extent.epoch, {extent.last}};
    return write();
}

Result<void> EpochKeeper::write() {
    is_current_ = true;
    return file_.write(mark_);
}

void EpochKeeper::note_seen(Offset last) {
    if (!is_current_) return;
    mark_.seen = std::max(mark_.seen, last);  // a replica may get again what it has lost
    seen_->position.offset = mark_.seen;
    complain(file_.write_seen(mark_.seen));
}

void EpochKeeper::note_time(Timestamp time) {
    mark_.time = time;
    if (is_current_) complain(file_.write_time(time));
}

std::optional<Timestamp> EpochKeeper::noted_time() const {
    return mark_.time == Timestamp() ? std::nullopt : std::optional(mark_.time);
}

void EpochKeeper::complain(const Result<void>& written) {
    if (!written && !std::exchange(complained_, true)) log::error("{}", written.error().message);
}

Result<void> EpochKeeper::note_closed() {
    if (!is_current_) return {};
    mark_.clean = true;
    return write();
}

}  // namespace rotacast::store
