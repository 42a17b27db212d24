#pragma once

// Identifies the user of a token: checks signature and claims, revocation, the user's row.

#include "auth/jwt.hpp"
#include "auth/principal.hpp"
#include "auth/revocations.hpp"
#include "auth/users.hpp"

namespace rotacast::auth {

/// Thread: any. Blocks (Users), so call on a worker. Does not own its arguments.
class Authenticator {
  public:
    Authenticator(const TokenVerifier& verifier, Revocations& revocations, Users& users)
        : verifier_(verifier), revocations_(revocations), users_(users) {}

    /// Errors: `token_invalid`, `token_expired`, `token_revoked`, `user_inactive` (also if the user
    /// does not exist), `unavailable`.
    Result<Principal> authenticate(std::string_view token, Timestamp now);

    /// The same for a token already verified, of either type: checks whether it may still be used.
    Result<Principal> admit(const Claims& claims);

    /// The same for a principal admitted earlier; returns it with the user's present rights.
    Result<Principal> admit_again(const Principal& principal, Timestamp now);

  private:
    const TokenVerifier& verifier_;
    Revocations& revocations_;
    Users& users_;
};

}  // namespace rotacast::auth
