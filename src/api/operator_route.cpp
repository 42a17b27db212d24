#include "api/operator_route.hpp"

#include "api/credentials.hpp"

namespace rotacast::api {
namespace {

net::asio::awaitable<net::Response> answer_operator(live::Services& services,
                                                    net::RequestContext& context,
                                                    OperatorHandler handler) {
    const auto principal = co_await authenticate(services, context);
    if (!principal) co_return net::error_response(principal.error());
    if (!auth::may_operate(principal->role))
        co_return net::error_response(
            {ErrorCode::forbidden, "The bus is operated by admins and coordinators.", ""});
    const auto who = "user:" + to_string(principal->user_id);
    co_return co_await handler(services, context, who);
}

}  // namespace

void add_operator_route(net::Router& router,
                        live::Services& services,
                        net::http::verb method,
                        std::string_view pattern,
                        OperatorHandler handler) {
    router.add(method, pattern, [&services, handler](net::RequestContext& context) {
        return answer_operator(services, context, handler);
    });
}

}  // namespace rotacast::api
