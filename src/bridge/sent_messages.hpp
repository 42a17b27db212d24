#pragma once

// Remembers which messages this node has sent, or tried to.

#include "base/uuid.hpp"

#include <cstddef>
#include <deque>
#include <unordered_set>

namespace rotacast::bridge {

/// A second memory, beside that in Redis (scripts/send.lua), which a failover can take back. The
/// newest `ids_max` identifiers, 1 MB with the default. Thread: one.
class SentMessages {
  public:
    explicit SentMessages(std::size_t ids_max = 10'000) : ids_max_(ids_max) {}

    void add(const Uuid& id) {
        if (!ids_.insert(id).second) return;
        order_.push_back(id);
        if (order_.size() <= ids_max_) return;
        ids_.erase(order_.front());
        order_.pop_front();
    }
    bool has(const Uuid& id) const { return ids_.contains(id); }

  private:
    std::size_t ids_max_;
    std::unordered_set<Uuid> ids_;
    std::deque<Uuid> order_;
};

}  // namespace rotacast::bridge
