#pragma once

// Identifies the sender of a request by its headers.

#include "auth/principal.hpp"
#include "auth/token_source.hpp"
#include "http/request_context.hpp"
#include "live/credential_check.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace rotacast::api {

/// Whether the cookies of this request count: not if a foreign page may have sent them.
bool cookies_count(const live::CredentialCheck& check, const http::RequestContext& context);

/// What the sender of a cookie that does not count is told: which page's it is, and how to mend it,
/// for behind a proxy the page may well be our own. Logs the same, in bounded numbers.
Error origin_refused(const http::RequestContext& context);

/// The token of a plain HTTP request, from the cookie or the Authorization header. The cookie of a
/// request that may change something counts only if cookies_count().
/// Errors: `unauthenticated`; `origin_refused` if all there is is a cookie that does not count.
Result<auth::FoundToken> find_token(const live::CredentialCheck& check,
                                    const http::RequestContext& context);

/// Identifies a user by find_token().
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

}  // namespace rotacast::api
