#pragma once

// Decides which topics a user may watch, for every transport. Checked when a client subscribes and
// again for each event, so that a change of rights takes effect at once.

#include "auth/access.hpp"
#include "hub/topic.hpp"

namespace rotacast::ws {

/// Pure, thread-safe, no allocation. Nobody may watch a topic that is a kind of event.
inline bool may_watch(auth::Policy policy,
                      const auth::Principal& principal,
                      const hub::Topic& topic) {
    switch (topic.kind) {
        case hub::Topic::Kind::everybody: return true;
        case hub::Topic::Kind::schedule:
            return auth::may_watch_schedule(policy, principal, topic.id);
        case hub::Topic::Kind::person:
        case hub::Topic::Kind::party: return auth::may_watch_person(policy, principal, topic.id);
        case hub::Topic::Kind::user: return topic.id == principal.user_id;
        default: break;
    }
    return false;
}

}  // namespace rotacast::ws
