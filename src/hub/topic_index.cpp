#include "hub/topic_index.hpp"

#include <algorithm>

namespace rotacast::hub {

bool TopicIndex::subscribe(Subscriber& subscriber, const Topic& topic) {
    auto& own = subscriber.subscriptions_;
    if (std::ranges::any_of(own, [&](const auto& s) { return s.entry->topic == topic; }))
        return false;
    auto& entry = entries_[topic];
    entry.topic = topic;
    own.push_back({&entry, static_cast<std::uint32_t>(entry.watchers.size())});
    entry.watchers.push_back({&subscriber, static_cast<std::uint32_t>(own.size() - 1)});
    ++subscriptions_;
    return true;
}

bool TopicIndex::unsubscribe(Subscriber& subscriber, const Topic& topic) {
    const auto& own = subscriber.subscriptions_;
    const auto found =
        std::ranges::find_if(own, [&](const auto& s) { return s.entry->topic == topic; });
    if (found == own.end()) return false;
    remove(subscriber, static_cast<std::uint32_t>(found - own.begin()));
    return true;
}

void TopicIndex::unsubscribe_all(Subscriber& subscriber) {
    while (!subscriber.subscriptions_.empty())
        remove(subscriber, static_cast<std::uint32_t>(subscriber.subscriptions_.size() - 1));
}

bool TopicIndex::watches(const Subscriber& subscriber, const Topic& topic) const {
    return std::ranges::any_of(subscriber.subscriptions_,
                               [&](const auto& s) { return s.entry->topic == topic; });
}

const TopicEntry* TopicIndex::find(const Topic& topic) const {
    const auto found = entries_.find(topic);
    return found == entries_.end() ? nullptr : &found->second;
}

void TopicIndex::append_topics(std::vector<Topic>& to) const {
    for (const auto& [topic, entry] : entries_) to.push_back(topic);
}

// The last element of each list moves into the hole; its partner in the other list is updated.
void TopicIndex::remove(Subscriber& subscriber, std::uint32_t position) {
    auto& own = subscriber.subscriptions_;
    auto& entry = *own[position].entry;
    const auto index = own[position].position;

    entry.watchers[index] = entry.watchers.back();
    entry.watchers.pop_back();
    if (index < entry.watchers.size()) {
        const auto& moved = entry.watchers[index];
        moved.subscriber->subscriptions_[moved.position].position = index;
    }

    own[position] = own.back();
    own.pop_back();
    if (position < own.size())
        own[position].entry->watchers[own[position].position].position = position;

    --subscriptions_;
    if (entry.watchers.empty()) entries_.erase(Topic(entry.topic));
}

}  // namespace rotacast::hub
