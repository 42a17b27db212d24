// The writer thread of ReplicaJournal: takes what waits, and keeps the file in order in between.

#include "store/replica_journal.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"
#include "store/journal_failure.hpp"

#include <utility>

namespace rotacast::store {

void ReplicaJournal::run() {
    expect_short_turns();
    for (;;) {
        auto requests = take();
        if (!requests.empty()) {
            perform(std::move(requests));
        } else if (const std::scoped_lock lock(mutex_); closing_ && queue_.empty()) {
            return;
        }
        maintain();
    }
}

/// Waits for requests, the next maintenance or close(). Returns waiting entries, within bounds, or
/// one other request.
std::vector<ReplicaJournal::Request> ReplicaJournal::take() {
    std::unique_lock lock(mutex_);
    if (!upkeep_.has_more())
        wake_.wait_until(lock, upkeep_.next(), [this] { return closing_ || !queue_.empty(); });
    std::vector<Request> taken;
    std::size_t entries = 0;
    std::size_t bytes = 0;
    while (!queue_.empty()) {
        auto& next = queue_.front();
        entries += next.entries;
        bytes += next.bytes;
        const bool joins = !taken.empty() && std::holds_alternative<Apply>(next.what) &&
                           std::holds_alternative<Apply>(taken.front().what) &&
                           entries <= options_.commit_entries_max &&
                           bytes <= options_.commit_bytes_max;
        if (!taken.empty() && !joins) break;
        queued_entries_ -= next.entries;
        queued_bytes_ -= next.bytes;
        taken.push_back(std::move(next));
        queue_.pop_front();
    }
    return taken;
}

void ReplicaJournal::perform(std::vector<Request> requests) {
    auto& first = requests.front().what;
    if (auto* begin = std::get_if<BeginAt>(&first)) return perform(*begin);
    if (auto* turn = std::get_if<Turn>(&first)) return perform(*turn);
    if (auto* evaluate = std::get_if<Evaluate>(&first)) return perform(*evaluate);
    if (std::holds_alternative<NoteComplete>(first)) return perform(NoteComplete());
    Applies applies;
    applies.reserve(requests.size());
    for (auto& request : requests) applies.push_back(std::move(std::get<Apply>(request.what)));
    store(std::move(applies));
}

/// Whether entries can be stored: the file is open, and the tail has all that is in it.
bool ReplicaJournal::is_ready() {
    return file_.is_open() && feed_.publish_up_to(file_.extent().last);
}

/// Runs between requests: a slice of retention, or a retry after a failure.
void ReplicaJournal::maintain() {
    const bool writable = view_.state().writable;
    if (!upkeep_.is_due(writable)) return;
    if (!writable && !try_to_recover()) return;
    upkeep_.trim();
    if (file_.has_failed()) reopen_or_refuse();
}

/// Returns true if the journal can be written again.
bool ReplicaJournal::try_to_recover() {
    auto done = file_.is_open() ? Result<void>() : reopen();
    if (done && !is_ready()) done = not_open();
    if (done) {
        done = file_.table().probe();
        if (!done && file_.has_failed()) file_.close(view_);
    }
    if (!done) {
        view_.set_writable(done.error());
        return false;
    }
    note_writable();
    return true;
}

/// Something was written. After a failure the owner is told.
void ReplicaJournal::note_writable() {
    const bool was_writable = view_.state().writable;
    view_.set_writable(std::nullopt);
    if (!was_writable && recovered_) recovered_(file_.extent().last);
}

/// The file may have become shorter. What it has lost is fetched again: it is no new epoch, and the
/// tail, which has had it, is told nothing. The tail is told if the epoch or the beginning, which a
/// request was about to change, has changed.
Result<void> ReplicaJournal::reopen() {
    const auto epoch = file_.extent().epoch;
    log::warn("The journal's disk has failed; the file is opened anew.");
    file_.close(view_);
    if (auto opened = open_file(); !opened) return opened;
    const auto& extent = file_.extent();
    if (extent.epoch != epoch || extent.first > feed_.published() + 1) feed_.announce();
    if (extent.last < feed_.published())
        log::warn("The journal has lost the entries after {}; they are fetched again.",
                  extent.last);
    show_seen();
    return {};
}

void ReplicaJournal::reopen_or_refuse() {
    if (auto opened = reopen(); !opened) return view_.set_writable(opened.error());
    if (recovered_ && file_.extent().last < feed_.published()) recovered_(file_.extent().last);
}

void ReplicaJournal::show_seen() {
    const std::scoped_lock lock(mutex_);
    seen_ = file_.keeper().seen();
}

}  // namespace rotacast::store
