// GET /ws and its variants (wire specification §1.1, §2.5).

#include "api/credentials.hpp"
#include "api/live_request.hpp"
#include "api/routes.hpp"
#include "base/line_budget.hpp"
#include "base/log.hpp"
#include "live/classic_connection.hpp"
#include "live/v1_connection.hpp"
#include "net/deflate_negotiation.hpp"
#include "net/offload.hpp"
#include "net/websocket_session.hpp"
#include "ws/close_code.hpp"

#include <algorithm>
#include <chrono>

namespace rotacast::api {
namespace {

std::string original_stats(const hub::HubStats& stats) {
    return "{\"total_connections\":" + std::to_string(stats.total_connections) +
           ",\"unique_users\":" + std::to_string(stats.unique_users) +
           ",\"schedules_watched\":" + std::to_string(stats.schedules_watched) +
           ",\"persons_watched\":" + std::to_string(stats.persons_watched) + "}";
}

net::asio::awaitable<hub::HubStats> collect(hub::Hub& hub) {
    return net::resumed_by<hub::HubStats>(
        [&hub](auto resume) { hub.collect_stats(std::move(resume)); });
}

/// What an upgrade is answered with. Everything it refers to outlives the loops.
struct SocketParts {
    live::Sources& sources;
    live::Supervision& supervision;
    live::CredentialCheck& check;
    bool refuse_by_http;
};

/// An upgrade request, before its sender is identified.
struct Upgrade {
    const SocketParts& parts;
    http::RequestContext& context;
    bool v1;                             ///< false: classic
    std::optional<std::string> deflate;  ///< the extension agreed on
};

bool offers_v1(std::string_view subprotocols) {
    for (std::size_t begin = 0; begin <= subprotocols.size();) {
        const auto end = std::min(subprotocols.find(',', begin), subprotocols.size());
        auto name = subprotocols.substr(begin, end - begin);
        while (name.starts_with(' ') || name.starts_with('\t')) name.remove_prefix(1);
        while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
        if (name == ws::v1::subprotocol) return true;
        begin = end + 1;
    }
    return false;
}

http::UpgradeAccepted accept(const Upgrade& upgrade,
                             std::unique_ptr<net::WebSocketHandler> handler) {
    http::UpgradeAccepted accepted{std::move(handler), {}, upgrade.deflate};
    if (upgrade.v1) accepted.subprotocol = ws::v1::subprotocol;
    return accepted;
}

http::UpgradeAnswer refuse(const Upgrade& upgrade, const Error& error) {
    auto& supervision = upgrade.parts.supervision;
    supervision.counters.refused_upgrades.count(error.code);
    supervision.refusals.count(error.code);
    thread_local LineBudget lines;
    if (lines.spend())
        log::info("refused a WebSocket from {}: {}",
                  upgrade.context.remote_address.to_string(),
                  info(error.code).name);
    if (upgrade.parts.refuse_by_http) return http::error_response(error);
    const auto code =
        upgrade.v1 ? ws::v1_close_code(error.code) : ws::classic_close_code(error.code);
    return accept(upgrade, live::refusing_connection(code.code, std::string(code.reason)));
}

std::unique_ptr<net::WebSocketHandler> make_handler(const Upgrade& upgrade,
                                                    Result<auth::Principal> principal,
                                                    live::AdmissionTicket ticket) {
    const auto& [sources, supervision, check, refuse_by_http] = upgrade.parts;
    auto& context = upgrade.context;
    const bool deflate = upgrade.deflate.has_value();
    if (upgrade.v1)
        return std::make_unique<live::V1Connection>(sources,
                                                    supervision,
                                                    check,
                                                    context.loop,
                                                    std::move(principal),
                                                    std::move(ticket),
                                                    deflate);
    const auto naming = context.query("case") == "camel" ? ws::Naming::camel : ws::Naming::snake;
    return std::make_unique<live::ClassicConnection>(sources,
                                                     supervision,
                                                     context.loop,
                                                     std::move(*principal),
                                                     std::move(ticket),
                                                     naming,
                                                     deflate);
}

net::asio::awaitable<http::UpgradeAnswer> answer(SocketParts parts,
                                                 http::RequestContext& context,
                                                 net::DeflateOptions options) {
    const auto subprotocols = context.joined_header(http::field::sec_websocket_protocol, ", ");
    const auto offers = context.joined_header(http::field::sec_websocket_extensions, ", ");
    const Upgrade upgrade{
        parts, context, offers_v1(subprotocols), net::negotiate_deflate(offers, options)};
    auto& admission = parts.supervision.admission;
    auto by_address = admission.admit(context.remote_address, std::chrono::steady_clock::now());
    if (!by_address) co_return refuse(upgrade, {error_of(by_address.error()), "", ""});
    auto ticket = std::move(*by_address);

    auto found = find_live_token(parts.check, context);
    if (!found && upgrade.v1)
        co_return accept(upgrade, make_handler(upgrade, found.error(), std::move(ticket)));
    if (!found) co_return refuse(upgrade, found.error());
    auto look_up = [&authenticator = parts.check.authenticator, token = std::move(found->token)]() {
        return authenticator.authenticate(token, now());
    };
    auto principal = co_await net::on_worker(parts.check.directory_pool, std::move(look_up));
    if (!principal) co_return refuse(upgrade, principal.error());
    auto by_user = admission.admit(principal->user_id);
    if (!by_user) co_return refuse(upgrade, {error_of(by_user.error()), "", ""});
    ticket.join(std::move(*by_user));
    co_return accept(upgrade, make_handler(upgrade, std::move(*principal), std::move(ticket)));
}

net::asio::awaitable<http::Response> health(hub::Hub& hub, http::RequestContext&) {
    const auto stats = co_await collect(hub);
    co_return http::json_response(http::status::ok,
                                  R"({"status":"healthy","websocket_enabled":true,"connections":)" +
                                      original_stats(stats) + "}");
}

net::asio::awaitable<http::Response> socket_statistics(live::CredentialCheck& check,
                                                       hub::Hub& hub,
                                                       http::RequestContext& context) {
    const auto principal = co_await authenticate(check, context);
    if (!principal) {
        auto response =
            http::json_response(http::status::unauthorized, R"({"detail":"Not authenticated"})");
        response.set(http::field::www_authenticate, "Bearer");
        co_return response;
    }
    const auto stats = co_await collect(hub);
    co_return http::json_response(http::status::ok,
                                  R"({"status":"ok","stats":)" + original_stats(stats) + "}");
}

}  // namespace

void add_websocket_routes(http::Router& router,
                          live::Sources& sources,
                          live::Supervision& supervision,
                          live::CredentialCheck& check,
                          bool refuse_by_http,
                          std::shared_ptr<const net::WebSocketOptions> options) {
    const SocketParts parts{sources, supervision, check, refuse_by_http};
    auto& hub = sources.hub;
    for (const std::string path : {"/ws", "/api/ws", "/api/v1/ws"}) {
        router.add_upgrade(
            path,
            [parts, deflate = options->deflate](http::RequestContext& context) {
                return answer(parts, context, deflate);
            },
            options);
        router.add(http::verb::get, path + "/health", [&hub](http::RequestContext& context) {
            return health(hub, context);
        });
        router.add(http::verb::get, path + "/stats", [&check, &hub](http::RequestContext& context) {
            return socket_statistics(check, hub, context);
        });
    }
}

}  // namespace rotacast::api
