#include "hub/recent_batches.hpp"

#include <algorithm>

namespace rotacast::hub {

void RecentBatches::add(const PublicationBatchPtr& batch) {
    if (batch->epoch() != epoch_ || batch->after() > position_) {
        epoch_ = batch->epoch();
        batches_.clear();
        publications_ = bytes_ = 0;
    }
    batches_.push_back(batch);
    position_ = batch->up_to();
    publications_ += batch->publications().size();
    bytes_ += batch->bytes();
    while (publications_ > bounds_.publications_max || bytes_ > bounds_.bytes_max ||
           batches_.size() > bounds_.publications_max) {
        const auto& oldest = *batches_.front();
        publications_ -= oldest.publications().size();
        bytes_ -= oldest.bytes();
        batches_.pop_front();
    }
}

bool RecentBatches::reach_back_to(const events::Position& position) const {
    const auto oldest = batches_.empty() ? position_ : batches_.front()->after();
    return position.whole_entries() >= oldest;
}

PublicationBatchPtr RecentBatches::next(const events::Position& position) const {
    if (!reach_back_to(position)) return nullptr;
    const auto found = std::ranges::partition_point(
        batches_, [&](const auto& batch) { return events::Position{batch->up_to()} <= position; });
    return found == batches_.end() ? nullptr : *found;
}

}  // namespace rotacast::hub
