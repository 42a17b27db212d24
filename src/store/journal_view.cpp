#include "store/journal_view.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace rotacast::store {

Result<bus::EntryBatchPtr> JournalView::read(bus::Offset after, std::size_t limit) {
    const std::scoped_lock lock(reader_mutex_);
    const auto shown = state();
    after = std::max(after, shown.first - 1);
    if (after >= shown.last || limit == 0)
        return std::make_shared<const bus::EntryBatch>(
            bus::EntryBatch{.epoch = shown.epoch, .entries = {}, .last = shown.last});
    if (!reader_) return closed();
    return reader_->read(shown.epoch, after, shown.last, limit);
}

Error JournalView::closed() {
    return {ErrorCode::unavailable, "The journal cannot be read at present.", ""};
}

bus::JournalState JournalView::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

std::vector<FormerEpoch> JournalView::former() const {
    const std::scoped_lock lock(mutex_);
    return former_;
}

std::optional<bus::Offset> JournalView::shared_with(const std::string& epoch) const {
    const std::scoped_lock lock(mutex_);
    if (epoch == state_.epoch) return state_.last;
    const auto found = std::ranges::find(former_, epoch, &FormerEpoch::epoch);
    return found == former_.end() ? std::nullopt : std::optional(found->shared);
}

void JournalView::open(JournalReader reader,
                       const JournalExtent& extent,
                       const std::vector<FormerEpoch>& former) {
    const std::scoped_lock lock(reader_mutex_);
    reader_.emplace(std::move(reader));
    show(extent, former);
}

void JournalView::close() {
    const std::scoped_lock lock(reader_mutex_);
    reader_.reset();
}

void JournalView::show(const JournalExtent& extent) {
    const std::scoped_lock lock(mutex_);
    state_.first = extent.first;
    state_.last = extent.last;
}

void JournalView::show(const JournalExtent& extent, const std::vector<FormerEpoch>& former) {
    const std::scoped_lock lock(mutex_);
    state_.epoch = extent.epoch;
    state_.first = extent.first;
    state_.last = extent.last;
    former_ = former;
}

void JournalView::set_writable(const std::optional<Error>& reason) {
    const std::scoped_lock lock(mutex_);
    if (reason && state_.writable) log::error("The journal cannot be written: {}", reason->message);
    if (!reason && !state_.writable) log::info("The journal can be written again.");
    state_.writable = !reason;
    state_.reason = reason ? reason->message : "";
}

}  // namespace rotacast::store
