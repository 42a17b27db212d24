#pragma once

// The cookies of a login: the original's `access_token` (wire specification §6.3), and
// `refresh_token` for pages that ask for it, so that they survive a reload (ADR 0043).
//
// Both are HttpOnly, and Secure if the page came over TLS. `refresh_token` is sent to no route but
// those beside the one that set it (/api/auth or /api/v1/auth), and never by a page of another
// site.

#include "http/request_context.hpp"

#include <chrono>
#include <string_view>

namespace rotacast::api {

/// Whether the browser that sent this would keep a cookie: it takes none with a response to a page
/// of another site.
bool keeps_cookies(const http::RequestContext& context);

/// `max_age` 0 deletes the cookie.
void set_access_cookie(http::Response& response,
                       const http::RequestContext& context,
                       std::string_view token,
                       std::chrono::seconds max_age);
void set_refresh_cookie(http::Response& response,
                        const http::RequestContext& context,
                        std::string_view token,
                        std::chrono::seconds max_age);

}  // namespace rotacast::api
