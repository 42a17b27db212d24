#pragma once

// The port to tokens that were revoked before their time.

#include "auth/jwt.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::auth {

struct Revocation {
    std::string jti;
    TokenType token_type = TokenType::access;
    std::optional<Uuid> user_id;
    Timestamp expires_at;  ///< of the token; afterwards the row may be forgotten
    std::string reason = "logout";
};

/// Thread: any; every method blocks (on a disk, perhaps on another process), so not on a loop's
/// thread. Others may change the store at any time, from other processes too. Errors: `unavailable`
/// when it cannot answer.
class Revocations {
  public:
    virtual ~Revocations() = default;

    virtual Result<bool> is_revoked(std::string_view jti) = 0;
    /// True for exactly one caller per jti: whoever rotates a refresh token goes on only then.
    virtual Result<bool> revoke(const Revocation& revocation) = 0;
    /// Forgets revocations of tokens that have expired anyway; how many there were.
    virtual Result<std::int64_t> forget_expired_revocations(Timestamp now) = 0;
};

}  // namespace rotacast::auth
