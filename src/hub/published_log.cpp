#include "hub/published_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace rotacast::hub {

SharedResultCache& Published::texts() {
    const std::scoped_lock lock(mutex_);
    if (!texts_)
        texts_ = std::make_unique<SharedResultCache>(batch_->publications().size(), budget_);
    return *texts_;
}

void Published::delivered() {
    if (loops_left_.fetch_sub(1, std::memory_order_acq_rel) == 1) texts_.reset();
}

events::Offset PublishedLog::add(PublishedPtr published) {
    const auto& batch = *published->batch();
    const auto position = batch.up_to();
    std::vector<PublishedPtr> gone;  // destroyed after the lock is released
    const std::scoped_lock lock(mutex_);
    const bool other_epoch = batch.epoch() != epoch_;
    if (other_epoch || batch.after() > position_) {
        trimmed_to_ = other_epoch ? 0 : batch.after();
        epoch_ = batch.epoch();
        std::ranges::move(batches_, std::back_inserter(gone));
        batches_.clear();
        publications_ = bytes_ = 0;
    }
    batches_.push_back(std::move(published));
    publications_ += batch.publications().size();
    bytes_ += batch.bytes();
    while (batches_.size() > 1 &&
           (publications_ > bounds_.publications_max || bytes_ > bounds_.bytes_max ||
            batches_.size() > bounds_.publications_max)) {
        const auto& oldest = *batches_.front()->batch();
        publications_ -= oldest.publications().size();
        bytes_ -= oldest.bytes();
        gone.push_back(std::move(batches_.front()));
        batches_.pop_front();
    }
    position_.store(position);
    return batches_.front()->batch()->after();
}

PublishedLog::End PublishedLog::end() const {
    const std::scoped_lock lock(mutex_);
    return {epoch_, position_.load()};
}

PublishedLog::Next PublishedLog::next(const std::string& epoch, events::Offset position) const {
    const std::scoped_lock lock(mutex_);
    if (epoch != epoch_ || position < trimmed_to_)
        return {batches_.empty() ? nullptr : batches_.front(), 0};
    const auto found = std::ranges::partition_point(
        batches_, [&](const auto& published) { return published->batch()->up_to() <= position; });
    if (found == batches_.end()) return {};
    const auto after = (*found)->batch()->after();
    if (after > position) return {nullptr, after};
    return {*found, 0};
}

}  // namespace rotacast::hub
