#pragma once

// Finds the token in a request, and decides which one counts if there are several. Pure. The first
// place that has a token decides: if it is invalid, no other is tried.

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::auth {

enum class TokenSource : std::uint8_t { authorization, subprotocol, query, cookie };

struct FoundToken {
    std::string token;  ///< never empty, not verified
    TokenSource source = TokenSource::authorization;
};

/// The parts of an upgrade request as received; empty if absent. The caller joins several header
/// lines of one name, with `, ` for subprotocols and `; ` for cookies.
struct UpgradeTexts {
    std::string_view authorization = {};
    std::string_view subprotocols = {};
    std::string_view query = {};  ///< after the `?`
    std::string_view cookie = {};
    bool cookie_counts = false;  ///< false: a foreign page may have sent it (http/page_origin)
};

/// Searched in this order: `Authorization: Bearer`, subprotocol `bearer.<jwt>` beside
/// `rotacast.v1`, `?token=`, cookie `access_token`. Errors: `token_missing`, or `origin_refused` if
/// there is a token in the cookie but the page may not use it.
Result<FoundToken> find_upgrade_token(const UpgradeTexts& texts);

/// For plain HTTP (wire specification §2.5): first the cookie, then the header.
std::optional<FoundToken> find_http_token(std::string_view authorization, std::string_view cookie);

/// The cookie `refresh_token`; empty if there is none.
std::string find_refresh_cookie(std::string_view cookie);

}  // namespace rotacast::auth
