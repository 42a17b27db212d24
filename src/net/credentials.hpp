#pragma once

// Who sends a request, from its headers.

#include "auth/principal.hpp"
#include "net/request_context.hpp"
#include "net/services.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace rotacast::net {

/// A person by token, from the cookie or the Authorization header.
asio::awaitable<Result<auth::Principal>> authenticate(Services& services, RequestContext& context);

/// Whoever may publish: an API key, or a token of an admin or coordinator.
struct Publisher {
    std::string name;  ///< `user:<uuid>` or `key:<name>`
    std::optional<std::string> user_id;
};
asio::awaitable<Result<Publisher>> authenticate_publisher(Services& services,
                                                          RequestContext& context);

/// All lines of a header in one text.
std::string joined_header(const RequestContext& context,
                          http::field field,
                          std::string_view separator);

/// True when the request's Origin is our own or configured. Requests without one are not: cookies
/// count for browsers' pages alone.
bool origin_allowed(const Services& services, const RequestContext& context);

}  // namespace rotacast::net
