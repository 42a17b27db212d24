#pragma once

// The public keys of others, by which tokens are verified: a JWK Set (RFC 7517 §5) of RSA keys for
// RS256 and P-256 keys for ES256 (RFC 7518 §6). EdDSA keys are passed over: the JOSE library knows
// no OKP keys (docs/adr/0007).

#include "auth/public_key.hpp"
#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

/// Immutable; any thread.
class KeySet {
  public:
    static constexpr std::size_t document_bytes_max = 256 * 1024;
    static constexpr std::size_t keys_max = 64;

    /// Without keys.
    KeySet() = default;

    /// `config_invalid` when the document is none, or beyond its bounds. One key that cannot be
    /// used does not spoil the others: it is passed over and told by skipped(). A set may be left
    /// without keys: that is how an issuer takes back its last one.
    static Result<KeySet> parse(std::string_view document);

    /// The key that is called so and is for this algorithm; nullptr when there is none.
    const PublicKey* find(Algorithm algorithm, std::string_view id) const;

    /// For tokens that name no key: the only one for this algorithm; nullptr when there are more.
    const PublicKey* only(Algorithm algorithm) const;

    /// Whether any key is called so.
    bool names(std::string_view id) const;

    std::size_t size() const { return keys_.size(); }

    /// One line for each key that was passed over: its place, counted from 1, and the reason.
    const std::vector<std::string>& skipped() const { return skipped_; }

  private:
    std::vector<PublicKey> keys_;
    std::vector<std::string> skipped_;
};

}  // namespace rotacast::auth
