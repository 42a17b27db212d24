#pragma once

// Who may watch what, for each transport: asked when a topic is asked for, and again for each
// event, so that a change of rights counts at once.

#include "auth/access.hpp"
#include "hub/topic.hpp"

namespace rotacast::ws {

/// Pure, any thread, no allocation. A kind of events is nothing that anybody may see as such.
inline bool may_watch(auth::Policy policy,
                      const auth::Principal& principal,
                      const hub::Topic& topic) {
    switch (topic.kind) {
        case hub::Topic::Kind::everybody: return true;
        case hub::Topic::Kind::schedule:
            return auth::may_watch_schedule(policy, principal, topic.id);
        case hub::Topic::Kind::person:
        case hub::Topic::Kind::party:
            return auth::may_watch_person(policy, principal, topic.id);
        case hub::Topic::Kind::user: return topic.id == principal.user_id;
        default: break;
    }
    return false;
}

}  // namespace rotacast::ws
