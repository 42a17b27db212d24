#include "hub/shown_early.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rotacast::hub {

void ShownEarly::note(const Uuid& publication, std::vector<SubscriberSerial> recipients) {
    if (recipients.empty()) return;
    auto& known = recipients_[publication];
    if (!known.empty()) {
        bytes_ -= size(known.size());
        std::vector<SubscriberSerial> both;
        both.reserve(known.size() + recipients.size());
        std::ranges::set_union(known, recipients, std::back_inserter(both));
        recipients = std::move(both);
    }
    bytes_ += size(recipients.size());
    known = std::move(recipients);
}

bool ShownEarly::was_shown(const Uuid& publication, SubscriberSerial to) const {
    const auto found = recipients_.find(publication);
    return found != recipients_.end() && std::ranges::binary_search(found->second, to);
}

void ShownEarly::forget(const Uuid& publication) {
    const auto found = recipients_.find(publication);
    if (found == recipients_.end()) return;
    bytes_ -= size(found->second.size());
    recipients_.erase(found);
}

}  // namespace rotacast::hub
