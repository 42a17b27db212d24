#include "api/operator_route.hpp"

#include "api/credentials.hpp"
#include "auth/access.hpp"

namespace rotacast::api {
namespace {

struct Permission {
    bool (*allows)(auth::Role role);
    const char* refusal;
    OperatorHandler handler;
};

net::asio::awaitable<http::Response> answer_operator(live::CredentialCheck& check,
                                                     http::RequestContext& context,
                                                     Permission permission) {
    const auto principal = co_await authenticate(check, context);
    if (!principal) co_return http::error_response(principal.error());
    if (!permission.allows(principal->role))
        co_return http::error_response({ErrorCode::forbidden, permission.refusal, ""});
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    const auto who = "user:" + to_string(principal->user_id);
    co_return co_await permission.handler(context, who);
}

}  // namespace

void add_operator_route(http::Router& router,
                        live::CredentialCheck& check,
                        http::verb method,
                        std::string_view pattern,
                        OperatorHandler handler) {
    const Permission permission{
        &auth::may_operate, "Only admins and coordinators may operate the bus.", handler};
    router.add(method, pattern, [&check, permission](http::RequestContext& context) {
        return answer_operator(check, context, permission);
    });
}

void add_admin_route(http::Router& router,
                     live::CredentialCheck& check,
                     http::verb method,
                     std::string_view pattern,
                     OperatorHandler handler) {
    const Permission permission{&auth::may_end_server, "Only admins may stop the server.", handler};
    router.add(method, pattern, [&check, permission](http::RequestContext& context) {
        return answer_operator(check, context, permission);
    });
}

}  // namespace rotacast::api
