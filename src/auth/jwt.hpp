#pragma once

// Tokens of the original's making: JWS compact, HS256 (RFC 7515, 7519; wire specification §1.2).
// What differs from the original is in decisions.md: `exp` is required, and nothing odd passes.
// No clock and no log in here; every method may be called from any thread.

#include "auth/user.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct _cjose_jwk_int;
struct json_t;

namespace rotacast::auth {

enum class TokenType : std::uint8_t { access, refresh };
std::string_view to_string(TokenType type);

/// Longer tokens are refused unread.
inline constexpr std::size_t token_bytes_max = 8 * 1024;

/// What a good token says. Whether it was revoked and whom it names, the Directory knows.
struct Claims {
    Uuid subject;
    std::string username;
    std::string jti;  ///< empty when absent
    Timestamp expires_at;
};

struct IssuedToken {
    std::string token;
    std::string jti;
    Timestamp expires_at;
};

namespace detail {
struct JwkRelease {
    void operator()(_cjose_jwk_int* key) const;
};
using JwkPtr = std::unique_ptr<_cjose_jwk_int, JwkRelease>;
}  // namespace detail

/// Signs. The key is the bytes of `secret`; with an empty one nothing can be issued.
class TokenIssuer {
  public:
    TokenIssuer(std::string_view secret,
                std::chrono::seconds access_ttl,
                std::chrono::seconds refresh_ttl);

    Result<IssuedToken> issue_access(const User& user, Timestamp now) const;
    Result<IssuedToken> issue_refresh(const User& user, Timestamp now) const;

  private:
    Result<IssuedToken> issue(const User& user, TokenType type, Timestamp now) const;

    detail::JwkPtr key_;
    std::chrono::seconds access_ttl_;
    std::chrono::seconds refresh_ttl_;
};

/// Verifies. The algorithm comes from here, never from the token: one that names another than
/// the key's own is refused before its signature is looked at.
class TokenVerifier {
  public:
    explicit TokenVerifier(std::string_view secret);

    /// `token_expired` when all else is right and `exp` is not after `now`, else `token_invalid`.
    /// Times have no leeway but for `iat`, which another machine's clock may have set.
    Result<Claims> verify(std::string_view token, TokenType wanted, Timestamp now) const;

  private:
    /// The key for a protected header, or nullptr. A key set (RFC 7517) would be looked up here.
    const _cjose_jwk_int* key_for(json_t* header) const;

    detail::JwkPtr key_;
};

/// How far ahead an `iat` may be.
inline constexpr std::chrono::seconds issued_at_leeway{60};

}  // namespace rotacast::auth
