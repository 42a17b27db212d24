#pragma once

// Identifies the sender of a request by its headers.

#include "auth/principal.hpp"
#include "http/request_context.hpp"
#include "live/credential_check.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace rotacast::api {

/// Identifies a user by a token from the cookie or the Authorization header.
net::asio::awaitable<Result<auth::Principal>> authenticate(live::CredentialCheck& check,
                                                           http::RequestContext& context);

/// Who may publish: the holder of an API key, or an admin or coordinator by token.
struct Publisher {
    std::string name;  ///< `user:<uuid>` or `key:<name>`
    std::optional<std::string> user_id;
    bool strict = false;  ///< its key is (auth::ApiKeyOptions)
};
/// `bad_request` for several X-API-Key headers: it would be unclear which one counts.
net::asio::awaitable<Result<Publisher>> authenticate_publisher(live::CredentialCheck& check,
                                                               http::RequestContext& context);

/// Whether the request's Origin is this server or a configured one. False without an Origin:
/// cookies are accepted only from browsers' pages.
bool origin_allowed(const live::CredentialCheck& check, const http::RequestContext& context);

}  // namespace rotacast::api
