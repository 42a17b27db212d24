#pragma once

// Endpoints that only admins and coordinators, or admins alone, may use, and then as themselves:
// what they do is kept with their name. API keys publish, they do not operate.

#include "live/services.hpp"
#include "net/router.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace rotacast::api {

/// Called when the operator is known and the body was read. `who`: `user:<uuid>`, what audit rows
/// say. Lives until the handler has answered.
using OperatorHandler = std::function<net::asio::awaitable<net::Response>(
    live::Services& services, net::RequestContext& context, const std::string& who)>;

void add_operator_route(net::Router& router,
                        live::Services& services,
                        net::http::verb method,
                        std::string_view pattern,
                        OperatorHandler handler);

/// For those who may end the server.
void add_admin_route(net::Router& router,
                     live::Services& services,
                     net::http::verb method,
                     std::string_view pattern,
                     OperatorHandler handler);

}  // namespace rotacast::api
