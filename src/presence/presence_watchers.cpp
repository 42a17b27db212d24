#include "presence/presence_watchers.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"
#include "base/sort_unique.hpp"

#include <algorithm>

namespace rotacast::presence {
namespace {

bool has(const std::vector<Uuid>& ascending, const Uuid& id) {
    return std::ranges::binary_search(ascending, id);
}

/// Whether a watcher of `schedules` saw the person before the change, and sees the person now.
struct Sight {
    bool was_there = false;
    bool is_there = false;
};

Sight sight_of(const std::vector<Uuid>& schedules, const PresenceChange& change) {
    if (schedules.empty()) return {true, true};
    Sight sight;
    for (const auto& id : schedules) {
        const bool here = has(change.schedules, id);
        sight.is_there |= here;
        sight.was_there |= (here && !has(change.joined, id)) || has(change.left, id);
    }
    return sight;
}

}  // namespace

void PresenceWatchers::add(PresenceWatcher& watcher, std::vector<Uuid> schedules) {
    remove(watcher);
    sort_unique(schedules);
    const WatchId id = ++last_id_;
    if (schedules.empty()) of_everybody_.push_back(id);
    for (const auto& schedule : schedules) of_schedule_[schedule].push_back(id);
    watches_.emplace(id, Watch{&watcher, std::move(schedules)});
    by_watcher_.emplace(&watcher, id);
}

bool PresenceWatchers::remove(PresenceWatcher& watcher) {
    const auto found = by_watcher_.find(&watcher);
    if (found == by_watcher_.end()) return false;
    const WatchId id = found->second;
    by_watcher_.erase(found);
    const auto watch = watches_.extract(id);
    // Ids ascend in every list, because they are assigned in ascending order.
    const auto take_from = [id](std::vector<WatchId>& ids) {
        const auto at = std::ranges::lower_bound(ids, id);
        if (at != ids.end() && *at == id) ids.erase(at);
    };
    take_from(of_everybody_);
    for (const auto& schedule : watch.mapped().schedules) {
        const auto list = of_schedule_.find(schedule);
        take_from(list->second);
        if (list->second.empty()) of_schedule_.erase(list);
    }
    return true;
}

void PresenceWatchers::tell(const PresenceChange& change) {
    PresenceChange gone = change;
    gone.status = PresenceStatus::offline;
    gone.active_page.reset();
    for (const WatchId id : concerned_by(change)) {
        const auto found = watches_.find(id);
        if (found == watches_.end()) continue;
        auto& watcher = *found->second.watcher;
        try {
            tell_one(found->second, change, gone);
        } catch (...) {
            give_up(watcher);
        }
    }
}

void PresenceWatchers::tell_one(const Watch& watch,
                                const PresenceChange& change,
                                const PresenceChange& gone) {
    const Sight sight = sight_of(watch.schedules, change);
    if (!change.seen_by_everybody && sight.was_there == sight.is_there) return;
    watch.watcher->on_presence(sight.is_there ? change : gone);
}

// Call only in an exception handler. The watcher may have been removed by the call that threw.
void PresenceWatchers::give_up(PresenceWatcher& watcher) noexcept {
    log::error("presence: a watcher failed and watches no more: {}", fault_name());
    if (remove(watcher)) watcher.on_fault();
}

std::vector<PresenceWatchers::WatchId> PresenceWatchers::concerned_by(
    const PresenceChange& change) const {
    std::vector<WatchId> ids;
    if (change.seen_by_everybody) {
        ids = of_everybody_;
        append_watches_of(change.schedules, ids);
    } else {
        append_watches_of(change.joined, ids);
    }
    append_watches_of(change.left, ids);
    sort_unique(ids);
    return ids;
}

void PresenceWatchers::append_watches_of(std::span<const Uuid> schedules,
                                         std::vector<WatchId>& to) const {
    for (const auto& schedule : schedules)
        if (const auto found = of_schedule_.find(schedule); found != of_schedule_.end())
            to.insert(to.end(), found->second.begin(), found->second.end());
}

}  // namespace rotacast::presence
