#pragma once

// One key of a key set (RFC 7517 §4, RFC 7518 §6.2.1, §6.3.1).

#include "auth/algorithm.hpp"
#include "auth/jose.hpp"
#include "base/error.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace rotacast::auth {

/// Minimum: RFC 7518 §3.3. The maximum bounds the time of one verification.
inline constexpr std::size_t rsa_bits_min = 2048;
inline constexpr std::size_t rsa_bits_max = 8192;

/// The algorithm is asymmetric, and the key is for it.
struct PublicKey {
    Algorithm algorithm = Algorithm::rs256;
    std::optional<std::string> id;  ///< `kid`
    JwkPtr key;
};

/// Errors: `config_invalid` with a message that continues "key 3 …", for symmetric keys, keys with
/// private parts (whoever publishes those has compromised them), keys that are not for verifying,
/// weak keys, and unsupported types. The message contains no part of the key.
Result<PublicKey> read_public_key(const boost::json::value& jwk);

}  // namespace rotacast::auth
