#pragma once

// Endpoints for admins and coordinators, or for admins only. They act under their own name, which
// the audit records. API keys may publish but not operate.

#include "http/router.hpp"
#include "live/credential_check.hpp"
#include "live/operators.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace rotacast::api {

/// Called after the operator was identified and the body read. `who`: `user:<uuid>`, as in audit
/// rows; valid until the handler has returned its response.
using OperatorHandler = std::function<net::asio::awaitable<http::Response>(
    http::RequestContext& context, const std::string& who)>;

void add_operator_route(http::Router& router,
                        live::CredentialCheck& check,
                        http::verb method,
                        std::string_view pattern,
                        OperatorHandler handler);

/// Returns a function that adds an operator route: `handler(operators, context, who)`.
inline auto operator_routes(http::Router& router, live::Operators& operators) {
    return [&](http::verb method, const std::string& path, auto handler) {
        add_operator_route(
            router,
            operators.credential_check,
            method,
            path,
            [&operators, handler](http::RequestContext& context, const std::string& who) {
                return handler(operators, context, who);
            });
    };
}

/// For users who may end the server.
void add_admin_route(http::Router& router,
                     live::CredentialCheck& check,
                     http::verb method,
                     std::string_view pattern,
                     OperatorHandler handler);

}  // namespace rotacast::api
