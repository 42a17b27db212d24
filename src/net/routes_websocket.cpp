// GET /ws and its relatives (wire specification §1.1, §2.5).

#include "auth/token_source.hpp"
#include "base/log.hpp"
#include "net/classic_connection.hpp"
#include "net/credentials.hpp"
#include "net/offload.hpp"
#include "net/routes.hpp"

namespace rotacast::net {
namespace {

constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t try_again_later = 1013;

std::string original_stats(const hub::HubStats& stats) {
    return "{\"total_connections\":" + std::to_string(stats.total_connections) +
           ",\"unique_users\":" + std::to_string(stats.unique_users) +
           ",\"schedules_watched\":" + std::to_string(stats.schedules_watched) +
           ",\"persons_watched\":" + std::to_string(stats.persons_watched) + "}";
}

asio::awaitable<hub::HubStats> collect(Services& services) {
    return resumed_by<hub::HubStats>(
        [&services](auto resume) { services.hub.collect_stats(std::move(resume)); });
}

UpgradeAnswer refuse(Services& services, const Error& error) {
    services.counters.refused_upgrades.fetch_add(1, std::memory_order_relaxed);
    log::info("refused a WebSocket: {}", info(error.code).name);
    if (services.refuse_by_http) return error_response(error);
    const bool ours = error.code == ErrorCode::unavailable || error.code == ErrorCode::internal;
    return UpgradeAccepted{refusing_connection(ours ? try_again_later : policy_violation,
                                               std::string(info(error.code).name)),
                           {},
                           {}};
}

asio::awaitable<UpgradeAnswer> upgrade(Services& services, RequestContext& context) {
    const auto subprotocols = joined_header(context, http::field::sec_websocket_protocol, ", ");
    const auto cookie = joined_header(context, http::field::cookie, "; ");
    const std::string_view target = context.request.target();
    const auto mark = target.find('?');
    auto found = auth::find_upgrade_token(
        {.authorization = context.header(http::field::authorization).value_or(""),
         .subprotocols = subprotocols,
         .query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1),
         .cookie = cookie,
         .origin_allowed = origin_allowed(services, context)});
    if (!found) co_return refuse(services, {ErrorCode::token_missing, "", ""});
    auto look_up = [&services, token = std::move(found->token)]() {
        return services.authenticator.authenticate(token, now());
    };
    auto principal = co_await on_worker(services.workers, std::move(look_up));
    if (!principal) co_return refuse(services, principal.error());
    const auto naming = context.query("case") == "camel" ? ws::Naming::camel : ws::Naming::snake;
    co_return UpgradeAccepted{
        std::make_unique<ClassicConnection>(services, context.loop, std::move(*principal), naming),
        {},
        {}};
}

asio::awaitable<Response> health(Services& services, RequestContext&) {
    const auto stats = co_await collect(services);
    co_return json_response(http::status::ok,
                            "{\"status\":\"healthy\",\"websocket_enabled\":true,\"connections\":" +
                                original_stats(stats) + "}");
}

asio::awaitable<Response> statistics(Services& services, RequestContext& context) {
    const auto principal = co_await authenticate(services, context);
    if (!principal) {
        auto response =
            json_response(http::status::unauthorized, R"({"detail":"Not authenticated"})");
        response.set(http::field::www_authenticate, "Bearer");
        co_return response;
    }
    const auto stats = co_await collect(services);
    co_return json_response(http::status::ok,
                            "{\"status\":\"ok\",\"stats\":" + original_stats(stats) + "}");
}

}  // namespace

void add_websocket_routes(Router& router,
                          Services& services,
                          std::shared_ptr<const WebSocketOptions> options) {
    for (const std::string path : {"/ws", "/api/ws", "/api/v1/ws"}) {
        router.add_upgrade(
            path,
            [&services](RequestContext& context) { return upgrade(services, context); },
            options);
        router.add(http::verb::get, path + "/health", [&services](RequestContext& context) {
            return health(services, context);
        });
        router.add(http::verb::get, path + "/stats", [&services](RequestContext& context) {
            return statistics(services, context);
        });
    }
}

}  // namespace rotacast::net
