#include "auth/authenticator.hpp"

namespace rotacast::auth {

Result<Principal> Authenticator::authenticate(std::string_view token, Timestamp now) {
    const auto claims = verifier_.verify(token, TokenType::access, now);
    if (!claims) return claims.error();
    return admit(*claims);
}

Result<Principal> Authenticator::admit(const Claims& claims) {
    if (!claims.jti.empty()) {
        const auto revoked = revocations_.is_revoked(claims.jti);
        if (!revoked) return revoked.error();
        if (*revoked) return Error{ErrorCode::token_revoked, "The token was revoked.", ""};
    }
    const auto found = users_.find_user(claims.subject);
    if (!found) return found.error();
    if (!*found || !(*found)->active)
        return Error{ErrorCode::user_inactive, "The account is not active.", ""};
    const User& user = **found;
    if (signed_out_since(user, claims.issued_at))
        return Error{ErrorCode::token_revoked, "The token was revoked.", ""};
    return Principal{user.id,
                     user.username,
                     user.role,
                     user.person_id,
                     claims.expires_at,
                     claims.jti,
                     claims.issued_at};
}

Result<Principal> Authenticator::admit_again(const Principal& principal, Timestamp now) {
    if (now >= principal.expires_at)
        return Error{ErrorCode::token_expired, "The token has expired.", ""};
    return admit({principal.user_id,
                  principal.username,
                  principal.jti,
                  principal.expires_at,
                  principal.issued_at});
}

}  // namespace rotacast::auth
