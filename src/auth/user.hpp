#pragma once

// A row of the original's `users` table, with the person that the user is in the schedule.

#include "auth/role.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

#include <optional>
#include <string>

namespace rotacast::auth {

struct User {
    Uuid id;
    std::string username;
    std::string email;  ///< empty when unknown
    Role role = Role::coordinator;
    bool active = true;
    std::optional<Uuid> person_id;
    std::string hashed_password;  ///< bcrypt; empty: cannot log in. Never leaves the house.
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> last_login;
};

}  // namespace rotacast::auth
