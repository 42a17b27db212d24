#pragma once

// Tokens: JWS compact with claims (RFC 7515, 7519; wire specification §1.2). Tokens of the
// original's form are signed with a shared secret, HS256; those of other issuers with keys of a
// KeySet. Differs from the original: `exp` is required, and malformed tokens are refused. No clock
// and no logging in here; every method may be called from any thread unless it says otherwise.

#include "auth/jws.hpp"
#include "auth/key_set.hpp"
#include "auth/user.hpp"
#include "base/error.hpp"
#include "config/authentication.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

enum class TokenType : std::uint8_t { access, refresh };
std::string_view to_string(TokenType type);

/// The content of a valid token. Revocations and Users know whether it was revoked and whom it
/// names.
struct Claims {
    Uuid subject;
    std::string username;
    std::string jti;  ///< empty if absent
    Timestamp expires_at;
    std::optional<Timestamp> issued_at = std::nullopt;  ///< nullopt if absent
};

struct IssuedToken {
    std::string token;
    std::string jti;
    Timestamp expires_at;
};

/// Who issued a token, and for whom (RFC 7519 §4.1.1, §4.1.3). The issuer writes the members that
/// are not empty, and the verifier requires them.
struct TokenParties {
    std::string issuer;
    std::string audience;
};

/// Signs with HS256. The key is the bytes of `secret`; with an empty one nothing can be issued.
class TokenIssuer {
  public:
    TokenIssuer(std::string_view secret,
                std::chrono::seconds access_ttl,
                std::chrono::seconds refresh_ttl,
                TokenParties parties = {});

    /// `iat` is `now`, or up to a second later for a user who was signed out in this second, so
    /// that the new token is not one of those that were ended.
    Result<IssuedToken> issue_access(const User& user, Timestamp now) const;
    Result<IssuedToken> issue_refresh(const User& user, Timestamp now) const;

    /// Tokens issued from now on are signed with this secret. Replace the verifier's first.
    void replace_secret(std::string_view secret);

  private:
    Result<IssuedToken> issue(const User& user, TokenType type, Timestamp now) const;
    SharedJwk key() const;

    mutable std::mutex mutex_;
    SharedJwk key_;
    std::chrono::seconds access_ttl_;
    std::chrono::seconds refresh_ttl_;
    TokenParties parties_;
};

struct TokenRules {
    std::vector<Algorithm> algorithms{Algorithm::hs256};
    TokenParties parties;
    /// How far in the future `nbf` and `iat` may be, which the clock of another machine may have
    /// set (RFC 7519 §4.1.5). `exp` has no leeway: a session ends at the time that its token names,
    /// as with the original, and not later.
    std::chrono::seconds leeway{config::Tokens{}.leeway_s};
};

/// Verifies tokens. The algorithm is determined by the allow-list and by the key, never by the
/// token: a token that names another algorithm than its key's is refused before its signature is
/// checked. Secrets verify only HS256, and public keys only their own algorithm.
class TokenVerifier {
  public:
    /// With an empty secret no HS256 token is valid. There are no public keys at first.
    explicit TokenVerifier(std::string_view secret, const TokenRules& rules = {});

    /// Errors: `token_expired` if everything else is right and `exp` is not after `now`, else
    /// `token_invalid`.
    Result<Claims> verify(std::string_view token, TokenType wanted, Timestamp now) const;

    /// The present secret remains valid for verifying until `overlap_end`, so that nobody is logged
    /// out; the one before it is dropped. Does nothing and returns false if the secret is the same.
    bool replace_secret(std::string_view secret, Timestamp overlap_end);

    /// Verifications that have started use the old set. Never nullptr.
    void replace_keys(std::shared_ptr<const KeySet> keys);
    std::shared_ptr<const KeySet> keys() const;

    /// `signal` is called when a token of an allowed algorithm names a key that is not in the set.
    /// It is called on the verifying thread, so it must be quick; anybody can send such tokens, so
    /// it must tolerate many calls. Set before the first verify().
    void on_unknown_key(std::function<void()> signal);

  private:
    struct Secrets {
        SharedJwk current;
        SharedJwk former;
        Timestamp overlap_end;
    };

    bool allows(Algorithm algorithm) const;
    Secrets secrets() const;
    Result<void> check_by_secret(Jws& jws, Timestamp now) const;
    Result<void> check_by_key(Jws& jws) const;

    std::array<bool, 3> allowed_{};  ///< by Algorithm
    TokenParties parties_;
    std::chrono::seconds leeway_;
    std::function<void()> on_unknown_key_;

    // Held only to copy or swap pointers. std::atomic<std::shared_ptr> is not sound in libstdc++
    // 12: its load() unlocks without release order.
    mutable std::mutex mutex_;
    Secrets secrets_;
    std::shared_ptr<const KeySet> keys_;
};

}  // namespace rotacast::auth
