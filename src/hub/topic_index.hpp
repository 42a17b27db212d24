#pragma once

// Who watches which topic, on one loop. No lock: only its loop uses it.

#include "hub/subscriber.hpp"
#include "hub/topic.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace rotacast::hub {

/// The watchers of one topic, in no particular order. Removed with its last watcher.
struct TopicEntry {
    struct Watcher {
        Subscriber* subscriber;
        std::uint32_t position;  ///< of this entry in the subscriber's own list
    };
    Topic topic;
    std::vector<Watcher> watchers;
};

class TopicIndex {
  public:
    /// Idempotent; both return whether anything changed. O(topics of the subscriber).
    bool subscribe(Subscriber& subscriber, const Topic& topic);
    bool unsubscribe(Subscriber& subscriber, const Topic& topic);
    void unsubscribe_all(Subscriber& subscriber);

    /// O(topics of the subscriber).
    bool watches(const Subscriber& subscriber, const Topic& topic) const;

    /// nullptr if nobody watches it.
    const TopicEntry* find(const Topic& topic) const;

    void append_topics(std::vector<Topic>& to) const;

    /// Watchers of all topics together.
    std::size_t subscriptions() const { return subscriptions_; }

  private:
    void remove(Subscriber& subscriber, std::uint32_t position);

    std::unordered_map<Topic, TopicEntry> entries_;
    std::size_t subscriptions_ = 0;
};

}  // namespace rotacast::hub
