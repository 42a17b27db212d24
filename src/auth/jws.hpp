#pragma once

// A token as it came: compact form and header (RFC 7515 §7.1, §4), before its payload is believed.

#include "auth/algorithm.hpp"
#include "auth/jose.hpp"
#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::auth {

/// Longer tokens are refused unread.
inline constexpr std::size_t token_bytes_max = 8 * 1024;

/// One thread uses it at a time.
class Jws {
  public:
    /// Refused with token_invalid: another form, extensions that must be understood (`crit`), and
    /// algorithms without a name in auth/algorithm.
    static Result<Jws> read(std::string_view token);

    /// What the header claims; the caller decides whether that may be.
    Algorithm algorithm() const { return algorithm_; }
    const std::optional<std::string>& key_id() const { return key_id_; }

    /// False too when the key's kind is not that of the algorithm. May be asked again.
    bool is_signed_by(const _cjose_jwk_int& key);

    /// Lives as long as this.
    std::string_view payload() const;

  private:
    Jws(JwsPtr jws, Algorithm algorithm) : jws_(std::move(jws)), algorithm_(algorithm) {}

    JwsPtr jws_;
    Algorithm algorithm_;
    std::optional<std::string> key_id_;
    std::size_t signature_bytes_ = 0;
};

}  // namespace rotacast::auth
