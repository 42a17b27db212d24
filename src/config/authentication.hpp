#pragma once

// `[tokens]` and `[login]`: who may come in.

#include "config/section.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::config {

struct Tokens {
    std::int64_t access_ttl_s = 900;
    std::int64_t refresh_ttl_s = 7 * day_s;
    // g++ 12 crashes on {"HS256"} where Boost.PFR counts the members.
    std::vector<std::string> algorithms = std::vector<std::string>(1, "HS256");
    std::string jwks_file;
    std::string jwks_url;
    std::int64_t jwks_refresh_s = 300;
    std::string issuer;
    std::string audience;
    std::int64_t leeway_s = 60;
};
DESCRIBE(Tokens,
         "Tokens that a login issues, and tokens that are accepted.",
         (access_ttl_s, "Lifetime of an access token.", between(10, day_s)),
         (refresh_ttl_s, "Lifetime of a refresh token.", between(60, 90 * day_s)),
         (algorithms,
          "Accepted algorithms: HS256 with the secret, RS256 and ES256 with the keys of a JWK Set.",
          one_of("HS256|RS256|ES256")),
         (jwks_file, "JWK Set with the public keys of an issuer."),
         (jwks_url, "URL of an issuer's JWK Set, http or https."),
         (jwks_refresh_s, "How often the JWK Set is reloaded.", between(10, day_s)),
         (issuer, "If set, tokens must have this `iss`; logins set it."),
         (audience, "If set, tokens must have this `aud`; logins set it."),
         (leeway_s,
          "How far in the future `nbf` and `iat` of a token may be, because the clock of an issuer "
          "may be ahead; `exp` has no leeway.",
          between(0, 600)))

struct Login {
    std::size_t attempts = 5;
    std::size_t attempts_per_address = 100;
    std::int64_t window_s = 60;
    std::size_t bcrypt_cost = 12;
    std::string refresh_cookie = "on";
};
DESCRIBE(
    Login,
    "Logging in with a password.",
    (attempts, "Login attempts per address and user name in one window.", between(1, 10'000)),
    (attempts_per_address,
     "Attempts per address (IPv6: per /64) within the window, whatever the user name; 0 sets no "
     "bound.",
     between(0, 10'000)),
    (window_s, "Length of the window.", between(1, day_s)),
    (bcrypt_cost, "bcrypt cost; each increment doubles the work.", between(4, 16)),
    (refresh_cookie,
     "Whether a login that asks for it gets its refresh token as an HttpOnly cookie.",
     one_of("on|off")))

}  // namespace rotacast::config
