#include "app/follower.hpp"

#include "base/log.hpp"
#include "projection/projector.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::app {

void Follower::on_entries(const bus::EntryBatchPtr& batch) {
    if (batch->unordered) return show_early(*batch);
    if (batch->epoch != epoch_) begin_epoch(*batch);
    if (batch->entries.empty() && batch->last > last_) begin_after_hole(*batch);
    // The journal guarantees the order without gaps; a defect there must not stop the others, so
    // only log.
    for (const auto& entry : batch->entries) {
        if (entry.offset != last_ + 1)
            log::error("journal tail jumped from {} to {}", last_, entry.offset);
        last_ = entry.offset;
    }
    hub_.publish(projection::project(*batch));
    call_waiter();
}

// What concerns the journal's present end only: after another epoch began, the events come in it.
void Follower::show_early(const bus::EntryBatch& batch) {
    if (batch.epoch == epoch_) hub_.show_early(projection::project_early(batch, last_));
}

void Follower::begin_after_hole(const bus::EntryBatch& batch) {
    log::warn("the journal goes on after entry {}; those after {} are not to be had",
              batch.last,
              last_);
    last_ = batch.last;
}

// Stops waiting for entries that the journal has lost.
void Follower::begin_epoch(const bus::EntryBatch& batch) {
    log::warn("the journal goes on in epoch {} instead of {}", batch.epoch, epoch_);
    epoch_ = batch.epoch;
    last_ = batch.entries.empty() ? batch.last : batch.entries.front().offset - 1;
    awaited_ = std::min(awaited_, last_);
}

void Follower::when_shown(bus::Offset offset, std::function<void()> then) {
    awaited_ = offset;
    then_ = std::move(then);
    call_waiter();
}

void Follower::call_waiter() {
    if (then_ && last_ >= awaited_) std::exchange(then_, nullptr)();
}

}  // namespace rotacast::app
