#include "app/follower.hpp"

#include "app/projector.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <iterator>

namespace rotacast::app {

void Follower::on_entries(const bus::EntryBatchPtr& batch) {
    std::vector<hub::Publication> publications;
    publications.reserve(batch->entries.size());
    for (const auto& entry : batch->entries) {
        // The journal promises both; a screen must never pay for a defect there.
        if (last_ != 0 && entry.offset != last_ + 1)
            log::error("journal tail jumped from {} to {}", last_, entry.offset);
        last_ = entry.offset;
        auto views = project(entry, batch->epoch);
        std::ranges::move(views, std::back_inserter(publications));
    }
    hub_.publish(std::move(publications));
}

}  // namespace rotacast::app
