#include "live/unseen_events.hpp"

#include <algorithm>

namespace rotacast::live {
namespace {

constexpr std::string_view key_prefix = "key:";

}  // namespace

void UnseenEvents::count(std::string_view publisher, const bus::Receipts& receipts) {
    const auto events = std::ranges::count_if(receipts, [](const bus::Receipt& receipt) {
        return !receipt.duplicate && !receipt.unseen.empty();
    });
    if (events == 0) return;
    std::string label = publisher.starts_with(key_prefix) ? std::string(publisher) : "tokens";
    const std::scoped_lock lock(mutex_);
    if (counts_.size() >= labels_max && !counts_.contains(label)) label = "others";
    counts_[label] += events;
}

CountByLabel UnseenEvents::counts() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
}

}  // namespace rotacast::live
