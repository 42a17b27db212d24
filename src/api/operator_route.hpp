#pragma once

// Endpoints for admins and coordinators, or for admins only. They act under their own name, which
// the audit records. API keys may publish but not operate.

#include "live/services.hpp"
#include "net/router.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace rotacast::api {

/// Called after the operator was identified and the body read. `who`: `user:<uuid>`, as in audit
/// rows; valid until the handler has returned its response.
using OperatorHandler = std::function<net::asio::awaitable<net::Response>(
    live::Services& services, net::RequestContext& context, const std::string& who)>;

void add_operator_route(net::Router& router,
                        live::Services& services,
                        net::http::verb method,
                        std::string_view pattern,
                        OperatorHandler handler);

/// For users who may end the server.
void add_admin_route(net::Router& router,
                     live::Services& services,
                     net::http::verb method,
                     std::string_view pattern,
                     OperatorHandler handler);

}  // namespace rotacast::api
