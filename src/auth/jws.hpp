#pragma once

// A token as received: compact form and header (RFC 7515 §7.1, §4), before its payload is trusted.

#include "auth/algorithm.hpp"
#include "auth/jose.hpp"
#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::auth {

/// Longer tokens are refused without parsing.
inline constexpr std::size_t token_bytes_max = 8 * 1024;

/// Not thread-safe.
class Jws {
  public:
    /// Errors: `token_invalid` for another form, for extensions that must be understood (`crit`),
    /// and for algorithms not in auth/algorithm.
    static Result<Jws> read(std::string_view token);

    /// What the header claims; the caller decides whether to accept it.
    Algorithm algorithm() const { return algorithm_; }
    const std::optional<std::string>& key_id() const { return key_id_; }

    /// False also if the key is not for that algorithm. May be called repeatedly.
    bool is_signed_by(const _cjose_jwk_int& key);

    /// Valid as long as this object.
    std::string_view payload() const;

  private:
    Jws(JwsPtr jws, Algorithm algorithm) : jws_(std::move(jws)), algorithm_(algorithm) {}

    JwsPtr jws_;
    Algorithm algorithm_;
    std::optional<std::string> key_id_;
    std::size_t signature_bytes_ = 0;
};

}  // namespace rotacast::auth
