#include "cluster/shared.hpp"

#include <algorithm>

namespace rotacast::cluster {

ActionId ActionQueue::send(ScriptCall call, Milliseconds deadline) {
    const auto id = next_id();
    outstanding_.push_back({id, deadline});
    add(SendCall{id, std::move(call)});
    return id;
}

ActionId ActionQueue::read_stream(Offset after, std::size_t entries_max, Milliseconds deadline) {
    const auto id = next_id();
    outstanding_.push_back({id, deadline});
    add(ReadStream{id, after, entries_max});
    return id;
}

bool ActionQueue::answered(ActionId id) {
    const auto found = std::ranges::find(outstanding_, id, &Deadline::id);
    if (found == outstanding_.end()) return false;
    outstanding_.erase(found);
    return true;
}

bool ActionQueue::overdue(Milliseconds now) const {
    return std::ranges::any_of(outstanding_, [&](const Deadline& one) { return one.at <= now; });
}

}  // namespace rotacast::cluster
