#include "app/follower.hpp"

#include "base/log.hpp"
#include "projection/projector.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::app {

void Follower::on_entries(const bus::EntryBatchPtr& batch) {
    if (batch->epoch != epoch_) begin_epoch(*batch);
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
