#include "demo/routes.hpp"

#include "auth/access.hpp"

namespace rotacast::demo {
namespace {

/// 403 unless the caller is one of the programme's coordinators or admins.
Result<void> require_operator(const World& world, const http::RequestContext& context) {
    constexpr std::string_view scheme = "Bearer ";
    const auto header = context.header(http::field::authorization).value_or("");
    if (!header.starts_with(scheme)) return Error{ErrorCode::token_missing, "", ""};
    const auto claims =
        world.verifier.verify(header.substr(scheme.size()), auth::TokenType::access, now());
    if (!claims) return claims.error();
    for (const auto& person : world.programme.people)
        if (person.user_id == claims->subject && auth::may_operate(person.role)) return {};
    return Error{ErrorCode::forbidden, "", ""};
}

net::asio::awaitable<http::Response> change_speed(const World& world,
                                                  http::RequestContext& context) {
    if (const auto allowed = require_operator(world, context); !allowed)
        co_return http::error_response(allowed.error());
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    const auto speed = parse_speed(context.request.body());
    if (!speed) co_return http::error_response(speed.error());
    auto* simulator = world.simulator.load();
    if (!simulator) co_return http::error_response({ErrorCode::unavailable, "", ""});
    simulator->set_speed(*speed);
    co_return http::json_response(http::status::ok, speed_json(*simulator));
}

http::Response speed_response(const World& world) {
    const auto* simulator = world.simulator.load();
    if (!simulator) return http::error_response({ErrorCode::unavailable, "", ""});
    return http::json_response(http::status::ok, speed_json(*simulator));
}

net::asio::awaitable<http::Response> respond(http::Response response) {
    co_return response;
}

}  // namespace

void add_routes(http::Router& router, const World& world) {
    using http::verb;
    router.add(verb::get, "/demo/programme.json", [&world](http::RequestContext&) {
        return respond(http::json_response(http::status::ok, world.programme_json));
    });
    router.add(verb::get, "/demo/speed", [&world](http::RequestContext&) {
        return respond(speed_response(world));
    });
    router.add(verb::post, "/demo/speed", [&world](http::RequestContext& context) {
        return change_speed(world, context);
    });
}

}  // namespace rotacast::demo
