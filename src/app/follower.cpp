#include "app/follower.hpp"

#include "base/log.hpp"
#include "projection/projector.hpp"

#include <utility>

namespace rotacast::app {

void Follower::on_entries(const bus::EntryBatchPtr& batch) {
    if (batch->entries.empty()) return;
    // The journal promises both; a screen must never pay for a defect there.
    for (const auto& entry : batch->entries) {
        if (entry.offset != last_ + 1)
            log::error("journal tail jumped from {} to {}", last_, entry.offset);
        last_ = entry.offset;
    }
    hub_.publish(projection::project(*batch));
    call_who_waits();
}

void Follower::when_shown(bus::Offset offset, std::function<void()> then) {
    awaited_ = offset;
    then_ = std::move(then);
    call_who_waits();
}

void Follower::call_who_waits() {
    if (then_ && last_ >= awaited_) std::exchange(then_, nullptr)();
}

}  // namespace rotacast::app
