#pragma once

// The dispatcher's port to the division of work between the nodes of a cluster: of each subscriber,
// one node at a time has the duty to run its handlers (docs/adr/0060).

#include "bus/clock.hpp"

#include <optional>
#include <set>
#include <string>

namespace rotacast::bus {

/// Without one, a dispatcher runs every subscriber that has a handler in its process. Thread-safe;
/// never blocks. The owner calls Dispatcher::wake() when the answers have changed.
class Duties {
  public:
    virtual ~Duties() = default;

    /// Until when this node may start attempts of the subscriber, unless that is prolonged;
    /// nullopt: not now.
    virtual std::optional<SteadyTime> held_until(const std::string& subscriber) const = 0;

    /// Which node runs the subscriber, for people; empty: none, or it is not known.
    virtual std::string holder_of(const std::string& subscriber) const = 0;

    /// The dispatcher runs these subscribers, and no others: the attempts of all others have ended,
    /// and what came of them is stored.
    virtual void running(std::set<std::string> subscribers) = 0;

    /// The subscriber was deleted: one of its name begins anew, on whichever node.
    virtual void forget(const std::string& subscriber) = 0;
};

}  // namespace rotacast::bus
