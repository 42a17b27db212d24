#include "app/authentication.hpp"

#include <chrono>

namespace rotacast::app {

using std::chrono::seconds;

Authentication::Authentication(const Config& config, const std::string& jwt_secret, Stores& stores)
    : issuer(jwt_secret,
             seconds(config.tokens.access_ttl_s),
             seconds(config.tokens.refresh_ttl_s),
             token_parties(config.tokens)),
      verifier(jwt_secret, token_rules(config.tokens)),
      authenticator(verifier, *stores.directory, *stores.directory),
      passwords(static_cast<int>(config.login.bcrypt_cost)),
      login_limiter(limiter_options(config.login)),
      logins_of_address(address_limiter_options(config.login)) {}

}  // namespace rotacast::app
