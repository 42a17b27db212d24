#pragma once

// Public keys of other issuers, with which tokens are verified: a JWK Set (RFC 7517 §5) of RSA keys
// for RS256 and P-256 keys for ES256 (RFC 7518 §6). EdDSA keys are skipped: the JOSE library does
// not support OKP keys (docs/adr/0007).

#include "auth/public_key.hpp"
#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

/// Immutable. Thread: any.
class KeySet {
  public:
    static constexpr std::size_t document_bytes_max = 256 * 1024;
    static constexpr std::size_t keys_max = 64;

    /// A set without keys.
    KeySet() = default;

    /// Errors: `config_invalid` if the document is not a JWK Set or exceeds the bounds. Keys that
    /// cannot be used are skipped, and skipped() lists them. The set may end up empty: that is how
    /// an issuer withdraws its last key.
    static Result<KeySet> parse(std::string_view document);

    /// The key with this name for this algorithm; nullptr if there is none.
    const PublicKey* find(Algorithm algorithm, std::string_view id) const;

    /// For tokens that name no key: the only key for this algorithm; nullptr if there is none or
    /// more than one.
    const PublicKey* only(Algorithm algorithm) const;

    /// Whether any key has this name.
    bool names(std::string_view id) const;

    std::size_t size() const { return keys_.size(); }

    /// One line for each skipped key: its position, counted from 1, and the reason.
    const std::vector<std::string>& skipped() const { return skipped_; }

  private:
    std::vector<PublicKey> keys_;
    std::vector<std::string> skipped_;
};

}  // namespace rotacast::auth
