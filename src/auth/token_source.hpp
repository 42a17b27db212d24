#pragma once

// Where a token stands in a request, and which one counts when there are several. Pure.
// The first place that holds one decides: if that token is bad, no other is tried.

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

/// The parts of an upgrade request as they came; empty when absent. Several header lines of one
/// name are joined by the caller, `, ` for subprotocols and `; ` for cookies.
struct UpgradeTexts {
    std::string_view authorization = {};
    std::string_view subprotocols = {};
    std::string_view query = {};  ///< behind the `?`
    std::string_view cookie = {};
    bool origin_allowed = false;  ///< else the cookie is not looked at
};

/// In this order: `Authorization: Bearer`, subprotocol `bearer.<jwt>` beside `rotacast.v1`,
/// `?token=`, cookie `access_token`.
std::optional<FoundToken> find_upgrade_token(const UpgradeTexts& texts);

/// For plain HTTP (wire specification §2.5): the cookie, else the header.
std::optional<FoundToken> find_http_token(std::string_view authorization, std::string_view cookie);

}  // namespace rotacast::auth
