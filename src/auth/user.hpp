#pragma once

// A row of the original's `users` table, with the person in the schedule that the user is.

#include "auth/role.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

#include <optional>
#include <string>

namespace rotacast::auth {

struct User {
    Uuid id;
    std::string username;
    std::string email;  ///< empty if unknown
    Role role = Role::coordinator;
    bool active = true;
    std::optional<Uuid> person_id;
    std::string hashed_password;  ///< bcrypt; empty: the user cannot log in. Never sent to clients.
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> last_login;
    /// Tokens issued before this count as revoked; whole seconds, as `iat` is. nullopt: all count.
    std::optional<Timestamp> tokens_from = std::nullopt;
};

/// Whether the user was signed out after a token with this `iat`. One without `iat` may be of any
/// age.
inline bool signed_out_since(const User& user, std::optional<Timestamp> issued_at) {
    return user.tokens_from && (!issued_at || *issued_at < *user.tokens_from);
}

}  // namespace rotacast::auth
