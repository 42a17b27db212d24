#pragma once

// One member of a key set (RFC 7517 §4, RFC 7518 §6.2.1, §6.3.1).

#include "auth/algorithm.hpp"
#include "auth/jose.hpp"
#include "base/error.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace rotacast::auth {

/// RFC 7518 §3.3. The upper end bounds the time of one verification.
inline constexpr std::size_t rsa_bits_min = 2048;
inline constexpr std::size_t rsa_bits_max = 8192;

/// Its algorithm is one of the asymmetric ones, and the key is of that kind.
struct PublicKey {
    Algorithm algorithm = Algorithm::rs256;
    std::optional<std::string> id;  ///< `kid`
    JwkPtr key;
};

/// Refused with config_invalid and a message that goes on from "key 3 …": symmetric keys, keys
/// with private parts (who publishes those has lost them), keys that are not for verifying, weak
/// ones, and kinds that are not supported. The message holds no part of the key.
Result<PublicKey> read_public_key(const boost::json::value& jwk);

}  // namespace rotacast::auth
