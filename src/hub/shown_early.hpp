#pragma once

// Who was shown a publication before its event had a place in the order, so that nobody is shown it
// again when it has.

#include "base/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace rotacast::hub {

/// Of a subscriber: unique on its loop. 0: it was never attached.
using SubscriberSerial = std::uint32_t;

/// Thread: its loop's only.
class ShownEarly {
  public:
    /// With a thousand recipients each, some 2,000 publications.
    static constexpr std::size_t bytes_max = 8 << 20;

    /// Whether there is room for `publications` with altogether this many recipients. Without, do
    /// not show them now: they come with their places.
    bool has_room(std::size_t publications, std::size_t recipients) const {
        return bytes_ + publications * size(0) + recipients * sizeof(SubscriberSerial) <= bytes_max;
    }

    /// `recipients`: ascending. Added to those of an earlier showing of the same publication.
    void note(const Uuid& publication, std::vector<SubscriberSerial> recipients);
    bool was_shown(const Uuid& publication) const { return recipients_.contains(publication); }
    bool was_shown(const Uuid& publication, SubscriberSerial to) const;
    void forget(const Uuid& publication);

    bool empty() const { return recipients_.empty(); }
    std::size_t bytes() const { return bytes_; }

  private:
    static std::size_t size(std::size_t recipients) {
        return 64 + recipients * sizeof(SubscriberSerial);
    }

    std::unordered_map<Uuid, std::vector<SubscriberSerial>> recipients_;
    std::size_t bytes_ = 0;
};

}  // namespace rotacast::hub
