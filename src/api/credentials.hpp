#pragma once

// Who sends a request, from its headers.

#include "auth/principal.hpp"
#include "live/services.hpp"
#include "net/request_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace rotacast::api {

/// A person by token, from the cookie or the Authorization header.
net::asio::awaitable<Result<auth::Principal>> authenticate(live::Services& services,
                                                           net::RequestContext& context);

/// Whoever may publish: an API key, or a token of an admin or coordinator.
struct Publisher {
    std::string name;  ///< `user:<uuid>` or `key:<name>`
    std::optional<std::string> user_id;
};
net::asio::awaitable<Result<Publisher>> authenticate_publisher(live::Services& services,
                                                               net::RequestContext& context);

/// True when the request's Origin is our own or configured. Requests without one are not: cookies
/// count for browsers' pages alone.
bool origin_allowed(const live::Services& services, const net::RequestContext& context);

}  // namespace rotacast::api
