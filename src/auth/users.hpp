#pragma once

// The port to the users.

#include "auth/user.hpp"
#include "base/error.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace rotacast::auth {

/// Thread: any; every method blocks (on a disk, perhaps on another process), so never call on a
/// loop's thread. Others may change the store at any time, also from other processes. Errors:
/// `unavailable` if the store cannot be read or written, `not_found` if the user to be changed does
/// not exist, `conflict` if a name is taken, `invalid_field` for a bad name.
class Users {
  public:
    virtual ~Users() = default;

    virtual Result<std::optional<User>> find_user(const Uuid& id) = 0;
    virtual Result<std::optional<User>> find_user_by_name(std::string_view username) = 0;
    virtual Result<std::vector<User>> list_users() = 0;  ///< by name

    /// Sets created_at and updated_at itself; identifier, name and email must be new.
    virtual Result<void> add_user(const User& user) = 0;
    /// Deactivating, like a new password, also does what sign_out() does.
    virtual Result<void> set_active(const Uuid& id, bool active) = 0;
    virtual Result<void> set_role(const Uuid& id, Role role) = 0;
    virtual Result<void> set_person(const Uuid& id, std::optional<Uuid> person_id) = 0;
    virtual Result<void> set_password(const Uuid& id, std::string_view hashed_password) = 0;
    /// Ends all tokens that were issued to the user until now.
    virtual Result<void> sign_out(const Uuid& id) = 0;
    virtual Result<void> touch_login(const Uuid& id, Timestamp at) = 0;
};

}  // namespace rotacast::auth
