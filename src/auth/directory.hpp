#pragma once

// The port to users, revoked tokens and API keys. Others may change them at any time, from other
// processes too; changes_since tells.

#include "auth/jwt.hpp"
#include "auth/user.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

struct Revocation {
    std::string jti;
    TokenType token_type = TokenType::access;
    std::optional<Uuid> user_id;
    Timestamp expires_at;  ///< of the token; afterwards the row may be forgotten
    std::string reason = "logout";
};

struct ApiKey {
    std::string name;
    Timestamp created_at;
};

/// What happened behind one number and up to another.
struct DirectoryChanges {
    std::int64_t last_seq = 0;  ///< give it back the next time
    std::vector<Uuid> user_ids;
    std::vector<std::string> revoked_jtis;
    /// False when older changes were forgotten already: look at everybody again.
    bool complete = true;
};

/// Thread: any; every method blocks (on a disk, perhaps on another process), so not on a loop's
/// thread. Errors: `unavailable` when the store cannot answer, `not_found` when the thing to be
/// changed is not there, `conflict` when a name is taken, `invalid_field` for a bad name.
class Directory {
  public:
    virtual ~Directory() = default;

    virtual Result<std::optional<User>> find_user(const Uuid& id) = 0;
    virtual Result<std::optional<User>> find_user_by_name(std::string_view username) = 0;
    virtual Result<std::vector<User>> list_users() = 0;  ///< by name

    /// created_at and updated_at are stamped here; identifier, name and email must be new.
    virtual Result<void> add_user(const User& user) = 0;
    virtual Result<void> set_active(const Uuid& id, bool active) = 0;
    virtual Result<void> set_role(const Uuid& id, Role role) = 0;
    virtual Result<void> set_person(const Uuid& id, std::optional<Uuid> person_id) = 0;
    virtual Result<void> set_password(const Uuid& id, std::string_view hashed_password) = 0;
    virtual Result<void> touch_login(const Uuid& id, Timestamp at) = 0;

    virtual Result<bool> is_revoked(std::string_view jti) = 0;
    /// True for exactly one caller per jti: whoever rotates a refresh token goes on only then.
    virtual Result<bool> revoke(const Revocation& revocation) = 0;
    /// Forgets revocations of tokens that have expired anyway; how many there were.
    virtual Result<std::int64_t> forget_expired_revocations(Timestamp now) = 0;

    /// The key itself, told once: `rk_` and 32 random bytes; only its SHA-256 is kept.
    virtual Result<std::string> add_api_key(std::string_view name) = 0;
    /// The name of the key.
    virtual Result<std::optional<std::string>> find_api_key(std::string_view key) = 0;
    virtual Result<std::vector<ApiKey>> list_api_keys() = 0;  ///< by name
    virtual Result<void> revoke_api_key(std::string_view name) = 0;

    /// Users and revocations that changed after `seq`. At the start ask with 0 for `last_seq`.
    virtual Result<DirectoryChanges> changes_since(std::int64_t seq) = 0;
};

}  // namespace rotacast::auth
