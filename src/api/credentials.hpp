#pragma once

// Identifies the sender of a request by its headers.

#include "auth/principal.hpp"
#include "live/services.hpp"
#include "net/request_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace rotacast::api {

/// Identifies a user by a token from the cookie or the Authorization header.
net::asio::awaitable<Result<auth::Principal>> authenticate(live::Services& services,
                                                           net::RequestContext& context);

/// Who may publish: the holder of an API key, or an admin or coordinator by token.
struct Publisher {
    std::string name;  ///< `user:<uuid>` or `key:<name>`
    std::optional<std::string> user_id;
};
net::asio::awaitable<Result<Publisher>> authenticate_publisher(live::Services& services,
                                                               net::RequestContext& context);

/// Whether the request's Origin is this server or a configured one. False without an Origin:
/// cookies are accepted only from browsers' pages.
bool origin_allowed(const live::Services& services, const net::RequestContext& context);

}  // namespace rotacast::api
