#pragma once

// The rules for a token's payload, apart from its signature (wire specification §1.2).

#include "auth/jwt.hpp"

#include <string_view>

namespace rotacast::auth {

/// The refusal of a token; `message` says why, without any part of the token.
inline Error invalid_token(std::string message) {
    return {ErrorCode::token_invalid, std::move(message), ""};
}

/// `payload` is the signed text; parties and leeway as in TokenRules. Errors as
/// TokenVerifier::verify.
Result<Claims> read_claims(std::string_view payload,
                           TokenType wanted,
                           Timestamp now,
                           const TokenParties& parties = {},
                           std::chrono::seconds leeway = TokenRules{}.leeway);

}  // namespace rotacast::auth
