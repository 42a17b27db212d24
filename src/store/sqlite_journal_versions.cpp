// Requests with version claims wait, once in a journal's life, until the versions are collected.
// That happens in slices between other requests' batches.

#include "store/sqlite_journal.hpp"

#include "base/log.hpp"

namespace rotacast::store {

void SqliteJournal::collect_versions() {
    {
        const std::scoped_lock lock(mutex_);
        if (held_.empty()) return;
    }
    if (!file_.is_open())
        return refuse_held({ErrorCode::unavailable, "The journal's disk has failed.", ""});
    auto& extent = file_.extent();
    if (!extent.versions_from)
        log::info("The versions of aggregates are collected from {} entries, once",
                  extent.last + 1 - extent.first);
    if (auto done = file_.table().collect_versions(extent, options_.versions_slice); !done) {
        refuse_held({ErrorCode::unavailable, done.error().message, ""});
        if (file_.has_failed()) reopen_or_refuse();
        return;
    }
    if (extent.knows_versions()) log::info("The versions of aggregates are collected");
}

void SqliteJournal::refuse_held(const Error& error) {
    std::deque<PendingAppend> refused;
    {
        const std::scoped_lock lock(mutex_);
        refused.swap(held_);
        for (const auto& pending : refused) queued_bytes_ -= pending.bytes;
    }
    for (auto& pending : refused) pending.done(error);
}

}  // namespace rotacast::store
