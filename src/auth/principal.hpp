#pragma once

// A user whose token was accepted, and until when.

#include "auth/role.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

#include <optional>
#include <string>

namespace rotacast::auth {

/// A snapshot: it does not follow later changes of the user's row. Whoever keeps one must watch
/// AccessChangeFeed::changes_since and check `expires_at`.
struct Principal {
    Uuid user_id;
    std::string username;
    Role role = Role::resident;
    std::optional<Uuid> person_id;  ///< the person in the schedule that this user is
    Timestamp expires_at;
    std::string jti;  ///< of the token; empty if it has none, then it cannot be revoked
    std::optional<Timestamp> issued_at = std::nullopt;  ///< of the token; nullopt if unknown
};

}  // namespace rotacast::auth
