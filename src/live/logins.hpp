#pragma once

// What login, refresh and logout need: they issue tokens, and revoke them.

#include "auth/jwt.hpp"
#include "auth/login_limiter.hpp"
#include "auth/password.hpp"
#include "auth/revocations.hpp"
#include "auth/users.hpp"
#include "config/authentication.hpp"
#include "live/credential_check.hpp"
#include "net/worker_pool.hpp"

#include <chrono>

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct Logins {
    auth::Users& users;
    auth::Revocations& revocations;
    const auth::TokenIssuer& issuer;
    const auth::TokenVerifier& verifier;
    const auth::Passwords& passwords;
    auth::LoginLimiter& login_limiter;      ///< by address and user name
    auth::LoginLimiter& logins_of_address;  ///< by live::AddressKey
    CredentialCheck& credential_check;      ///< its pool is used here, too
    net::WorkerPool& password_pool;  ///< for password hashes: far slower; gives way to others
    std::chrono::seconds access_ttl{config::Tokens{}.access_ttl_s};
    std::chrono::seconds refresh_ttl{config::Tokens{}.refresh_ttl_s};
    bool refresh_cookie = config::Login{}.refresh_cookie == "on";  ///< for logins that ask for it
};

}  // namespace rotacast::live
