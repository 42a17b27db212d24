#include "store/epoch_keeper.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rotacast::store {
namespace {

using bus::Offset;

std::optional<std::string> reason_of_mark(const JournalExtent& extent,
                                          const JournalMark& mark,
                                          const JournalWitness& witness) {
    if (mark.epoch != extent.epoch)
        return "its mark speaks of epoch " + mark.epoch + ", so the file was put back";
    if (mark.file != witness.file) return "its file is not the one that was marked, but a copy";
    if (extent.last < mark.seen)
        return "it ends at entry " + std::to_string(extent.last) + ", and entry " +
               std::to_string(mark.seen) + " was handed out";
    const bool same_boot = !witness.boot.empty() && witness.boot == mark.boot;
    if (mark.synchronous == Synchronous::normal && !mark.clean && !same_boot)
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
    if (all.size() > JournalMark::former_max)
        all.erase(all.begin(), all.end() - JournalMark::former_max);
    return all;
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
    return file_.write(mark_);
}

void EpochKeeper::note_seen(Offset last) {
    mark_.seen = last;
    complain(file_.write_seen(last));
}

void EpochKeeper::note_time(Timestamp time) {
    mark_.time = time;
    complain(file_.write_time(time));
}

std::optional<Timestamp> EpochKeeper::noted_time() const {
    return mark_.time == Timestamp() ? std::nullopt : std::optional(mark_.time);
}

void EpochKeeper::complain(const Result<void>& written) {
    if (!written && !std::exchange(complained_, true)) log::error("{}", written.error().message);
}

Result<void> EpochKeeper::note_closed() {
    mark_.clean = true;
    return file_.write(mark_);
}

}  // namespace rotacast::store
