#pragma once

// What issues and verifies tokens, and verifies passwords.

#include "app/stores.hpp"
#include "auth/authenticator.hpp"
#include "auth/jwt.hpp"
#include "auth/login_limiter.hpp"
#include "auth/password.hpp"

#include <string>

namespace rotacast::app {

/// Destroyed after the threads, whose jobs verify tokens and passwords; and before the stores, in
/// which it looks users up.
struct Authentication {
    /// `config.tokens.algorithms` must have been validated before.
    Authentication(const Config& config, const std::string& jwt_secret, Stores& stores);

    auth::TokenIssuer issuer;
    auth::TokenVerifier verifier;
    auth::Authenticator authenticator;
    auth::Passwords passwords;
    auth::LoginLimiter login_limiter;
    auth::LoginLimiter logins_of_address;
};

}  // namespace rotacast::app
