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
};

}  // namespace rotacast::auth
