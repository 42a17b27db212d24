#pragma once

// From a token to somebody: signature and claims, revocation, the user's row.

#include "auth/jwt.hpp"
#include "auth/principal.hpp"
#include "auth/revocations.hpp"
#include "auth/users.hpp"

namespace rotacast::auth {

/// Thread: any. Blocks (Users), so on a worker's thread. Does not own what it is given.
class Authenticator {
  public:
    Authenticator(const TokenVerifier& verifier, Revocations& revocations, Users& users)
        : verifier_(verifier), revocations_(revocations), users_(users) {}

    /// Errors: `token_invalid`, `token_expired`, `token_revoked`, `user_inactive` (also for one
    /// who is not there), `unavailable`.
    Result<Principal> authenticate(std::string_view token, Timestamp now);

    /// The same for a token already verified, of either type: whether it may still be used.
    Result<Principal> admit(const Claims& claims);

    /// The same for somebody whom it admitted a while ago: with the rights of now.
    Result<Principal> admit_again(const Principal& principal, Timestamp now);

  private:
    const TokenVerifier& verifier_;
    Revocations& revocations_;
    Users& users_;
};

}  // namespace rotacast::auth
