// /graphql: WebSocket with two subprotocols, HTTP, streams (docs/protocol.md, "GraphQL").

#include "api/credentials.hpp"
#include "api/graphql_http.hpp"
#include "api/graphql_streams.hpp"
#include "api/live_request.hpp"
#include "api/routes.hpp"
#include "execution/answer.hpp"
#include "execution/connection.hpp"
#include "graphql/close_code.hpp"
#include "graphql/transport.hpp"
#include "live/classic_connection.hpp"
#include "net/offload.hpp"
#include "ws/close_code.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rotacast::api {
namespace {

using http::Response;
using http::status;
using net::asio::awaitable;

/// The first subprotocol offered by the client that we support.
std::string_view chosen_subprotocol(std::string_view offered) {
    for (std::size_t begin = 0; begin <= offered.size();) {
        const auto end = std::min(offered.find(',', begin), offered.size());
        auto name = offered.substr(begin, end - begin);
        while (name.starts_with(' ') || name.starts_with('\t')) name.remove_prefix(1);
        while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
        for (const auto ours : {graphql::transport_ws_name, graphql::transport_legacy_name})
            if (name == ours) return ours;
        begin = end + 1;
    }
    return {};
}

// Refuses by accepting and closing with a code, because a browser's script cannot see an HTTP
// status.
awaitable<http::UpgradeAnswer> upgrade(execution::Environment& environment,
                                       http::RequestContext& context) {
    const auto offered = context.joined_header(http::field::sec_websocket_protocol, ", ");
    const auto subprotocol = chosen_subprotocol(offered);
    const auto accept = [&](std::unique_ptr<net::WebSocketHandler> handler) {
        http::UpgradeAccepted accepted{std::move(handler), {}};
        if (!subprotocol.empty()) accepted.subprotocol = subprotocol;
        return accepted;
    };
    auto& supervision = environment.supervision;
    const auto refuse = [&](ErrorCode why, std::uint16_t code, std::string_view reason) {
        supervision.counters.refused_upgrades.count(why);
        return accept(live::refusing_connection(code, std::string(reason)));
    };
    auto ticket =
        supervision.admission.admit(context.remote_address, std::chrono::steady_clock::now());
    if (!ticket) {
        const auto error = error_of(ticket.error());
        supervision.refusals.count(error);
        const auto close = ws::graphql_close_code(error);
        co_return refuse(error, close.code, close.reason);
    }
    if (subprotocol.empty())
        co_return refuse(ErrorCode::bad_request,
                         graphql::close::subprotocol_not_acceptable,
                         "Subprotocol not acceptable");
    const bool legacy = subprotocol == graphql::transport_legacy_name;
    auto transport = legacy ? graphql::transport_legacy() : graphql::transport_ws();
    const auto protocol =
        legacy ? live::Protocol::graphql_ws : live::Protocol::graphql_transport_ws;
    auto found = find_live_token(environment.credential_check, context);
    auto token = found ? Result<std::string>(std::move(found->token)) : found.error();
    co_return accept(std::make_unique<execution::Connection>(environment,
                                                             context.loop,
                                                             std::move(transport),
                                                             protocol,
                                                             std::move(token),
                                                             std::move(*ticket)));
}

// ----------------------------------------------------------------------------------------- HTTP

/// The refusal of a document that is wrong or not allowed with this method, or would need a stream;
/// nullopt if it is fine.
std::optional<Response> refused(GraphqlMedia media,
                                const graphql::Prepared& prepared,
                                const http::RequestContext& context) {
    if (!prepared.operation)
        return graphql_response(
            media,
            media == GraphqlMedia::graphql_response ? status::bad_request : status::ok,
            graphql::refusal_text(prepared.errors));
    const auto kind = prepared.operation->kind();
    const bool get = context.request.method() != http::verb::post;
    if (kind == graphql::OperationKind::mutation && get) {
        auto response =
            graphql_refusal(media, {ErrorCode::method_not_allowed, "Send mutations by POST.", ""});
        response.set(http::field::allow, "POST");
        return response;
    }
    if (kind == graphql::OperationKind::subscription)
        return graphql_refusal(media,
                               {ErrorCode::bad_request,
                                "Subscribe by WebSocket, or accept text/event-stream or "
                                "multipart/mixed;subscriptionSpec=1.0.",
                                ""});
    return std::nullopt;
}

awaitable<http::StreamAnswer> answer(execution::Environment& environment,
                                     http::RequestContext& context,
                                     const WantedMedia& wanted) {
    const auto media = wanted.response;
    const bool post = context.request.method() == http::verb::post;
    if (post && !carries_json(context))
        co_return graphql_refusal(
            media, {ErrorCode::unsupported_media_type, "Send application/json in UTF-8.", ""});
    auto principal = co_await authenticate_asker(environment, context);
    if (!principal) co_return graphql_refusal(media, principal.error());
    auto refusal = co_await context.read_body();
    if (refusal) co_return std::move(*refusal);
    auto request = graphql_request_of(context);
    if (!request) {
        auto response = graphql_refusal(media, request.error());
        response.result(status::bad_request);
        co_return response;
    }
    auto prepared = execution::prepare(environment, *principal, *request);
    const bool subscribes =
        prepared.operation && prepared.operation->kind() == graphql::OperationKind::subscription;
    if (subscribes && wanted.stream)
        co_return graphql_stream_for(
            environment, context, *wanted.stream, std::move(*principal), std::move(*request));
    if (auto response = refused(media, prepared, context)) co_return std::move(*response);
    auto start = [&](auto resume) {
        execution::answer_graphql(environment,
                                  context.loop,
                                  *principal,
                                  prepared.operation,
                                  [resume](const std::string& text) { resume(text); });
    };
    auto text = co_await net::resumed_by<std::string>(std::move(start));
    co_return graphql_response(media, status::ok, std::move(text));
}

awaitable<http::StreamAnswer> ask(execution::Environment& environment,
                                  http::RequestContext& context) {
    if (context.request.method() == http::verb::post && stream_token_in(context)) {
        auto added = co_await add_to_graphql_stream(environment, context);
        co_return added;
    }
    const auto wanted = wanted_media(context);
    if (!wanted) co_return graphql_refusal(GraphqlMedia::json, wanted.error());
    if (is_stream(wanted->response)) {
        auto stream = co_await open_graphql_stream(environment, context, wanted->response);
        co_return stream;
    }
    auto response = co_await answer(environment, context, *wanted);
    co_return response;
}

}  // namespace

awaitable<Result<auth::Principal>> authenticate_asker(execution::Environment& environment,
                                                      http::RequestContext& context) {
    auto& check = environment.credential_check;
    auto found = find_live_token(check, context);
    if (!found && found.error().code == ErrorCode::origin_refused) co_return found.error();
    if (!found) co_return Error{ErrorCode::unauthenticated, "", ""};
    auto look_up = [&authenticator = check.authenticator, token = std::move(found->token)]() {
        return authenticator.authenticate(token, now());
    };
    auto principal = co_await net::on_worker(check.directory_pool, std::move(look_up));
    co_return principal;
}

void add_graphql_routes(http::Router& router,
                        execution::Environment& environment,
                        std::shared_ptr<const net::WebSocketOptions> options) {
    for (const std::string path : {"/graphql", "/api/v1/graphql"}) {
        router.add_upgrade(
            path,
            [&environment](http::RequestContext& context) { return upgrade(environment, context); },
            options);
        router.add_stream(
            path,
            [&environment](http::RequestContext& context) { return ask(environment, context); },
            sse_options(*options),
            true);
        add_graphql_stream_routes(router, environment, path);
    }
}

}  // namespace rotacast::api
