#pragma once

// Somebody whose token was accepted, and until when.

#include "auth/role.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

#include <optional>
#include <string>

namespace rotacast::auth {

/// A value: it does not follow later changes of the user's row. Whoever keeps one listens to
/// Directory::changes_since and looks at `expires_at`.
struct Principal {
    Uuid user_id;
    std::string username;
    Role role = Role::resident;
    std::optional<Uuid> person_id;  ///< the person that this user is, in the schedule
    Timestamp expires_at;
    std::string jti;  ///< of the token; empty when it carried none, then it cannot be revoked
};

}  // namespace rotacast::auth
