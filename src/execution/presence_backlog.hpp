#pragma once

// Whose presence is still to be told to a client that reads more slowly than it is told.

#include "presence/presence.hpp"

#include <algorithm>
#include <deque>
#include <vector>

namespace rotacast::execution {

/// In the order in which they came; of each person the newest. So it holds the people of a roster
/// and those who came since. Thread: its connection's.
class PresenceBacklog {
  public:
    bool empty() const { return waiting_.empty(); }

    /// With the people of a roster, each once.
    void begin(const std::vector<presence::Presence>& roster) {
        waiting_.assign(roster.begin(), roster.end());
    }

    void add(const presence::Presence& person) {
        const auto known = std::ranges::find(waiting_, person.user, &presence::Presence::user);
        if (known == waiting_.end())
            waiting_.push_back(person);
        else
            *known = person;
    }

    /// Tells as many as the client has room for: `backlogged()` is asked before each.
    template <class Backlogged, class Tell>
    void send(Backlogged&& backlogged, Tell&& tell) {
        while (!waiting_.empty() && !backlogged()) {
            tell(waiting_.front());
            waiting_.pop_front();
        }
    }

  private:
    std::deque<presence::Presence> waiting_;
};

}  // namespace rotacast::execution
