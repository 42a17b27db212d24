// POST /api/v1/server/drain: an orderly shutdown, as by SIGTERM, for those who cannot send a
// signal. GET /api/v1/nodes: the cluster.

#include "api/await_result.hpp"
#include "api/bus_requests.hpp"
#include "api/operator_route.hpp"
#include "api/routes.hpp"
#include "base/log.hpp"
#include "live/operators.hpp"
#include "reflect/encode.hpp"

namespace rotacast::api {
namespace {

std::string answer_text(std::chrono::seconds window, std::size_t connections) {
    return R"({"draining":true,"window_s":)" + std::to_string(window.count()) +
           ",\"connections\":" + std::to_string(connections) + '}';
}

/// Writes the audit row first and refuses if that fails. (A signal needs no audit.)
net::asio::awaitable<http::Response> drain(live::Operators& operators,
                                           http::RequestContext& context,
                                           const std::string& who) {
    auto wanted = decode_drain(context.request.body());
    if (!wanted) co_return http::error_response(wanted.error());
    if (const auto possible = operators.shutdown.check(); !possible)
        co_return http::error_response(possible.error());
    const auto connections = operators.loops.connections();
    auto begin = [&bus_admin = operators.bus_admin, &wanted, &who, connections](auto resume) {
        bus_admin.note({0,
                        who,
                        now(),
                        "drain",
                        "server",
                        static_cast<std::int64_t>(connections),
                        std::move(wanted->reason)},
                       std::move(resume));
    };
    const auto noted = co_await await_result<void>(std::move(begin));
    if (!noted) co_return http::error_response(noted.error());
    if (const auto begun = operators.shutdown.begin(wanted->window); !begun)
        co_return http::error_response(begun.error());
    log::info("shutting down, requested by {}", who);
    co_return http::json_response(http::status::accepted,
                                  answer_text(operators.shutdown.window(), connections));
}

net::asio::awaitable<http::Response> nodes(live::Operators& operators,
                                           http::RequestContext&,
                                           const std::string&) {
    std::string text;
    reflect::encode(text, operators.look_at_cluster(), {});
    co_return http::json_response(http::status::ok, std::move(text));
}

}  // namespace

void add_server_routes(http::Router& router, live::Operators& operators) {
    add_admin_route(router,
                    operators.credential_check,
                    http::verb::post,
                    "/api/v1/server/drain",
                    [&operators](http::RequestContext& context, const std::string& who) {
                        return drain(operators, context, who);
                    });
    operator_routes(router, operators)(http::verb::get, "/api/v1/nodes", nodes);
}

}  // namespace rotacast::api
