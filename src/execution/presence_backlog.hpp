#pragma once

// The presence updates that a slow client has not been sent yet.

#include "presence/presence.hpp"

#include <algorithm>
#include <deque>
#include <vector>

namespace rotacast::execution {

/// In order of arrival, with the newest state of each person. So its size is bounded by the people
/// of the roster and those who came since. Thread: its connection's.
class PresenceBacklog {
  public:
    bool empty() const { return waiting_.empty(); }

    /// Starts with the people of a roster, each once.
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

    /// Sends as many as the client has room for: `backlogged()` is asked before each.
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
