#pragma once

// The port to tokens that were revoked before they expired.

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
    Timestamp expires_at;  ///< of the token; afterwards the revocation may be deleted
    std::string reason = "logout";
};

/// Thread: any; every method blocks (on a disk, perhaps on another process), so never call on a
/// loop's thread. Others may change the store at any time, also from other processes. Errors:
/// `unavailable` if the store cannot be read or written.
class Revocations {
  public:
    virtual ~Revocations() = default;

    virtual Result<bool> is_revoked(std::string_view jti) = 0;
    /// True for exactly one caller per jti: only that one may rotate a refresh token.
    virtual Result<bool> revoke(const Revocation& revocation) = 0;
    /// Deletes revocations of tokens that have expired anyway; returns how many.
    virtual Result<std::int64_t> forget_expired_revocations(Timestamp now) = 0;
};

}  // namespace rotacast::auth
