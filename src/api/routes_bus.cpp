// Statistics, subscribers and audit of the bus: GET /api/v1/bus/stats and others; pauses and
// resumes subscribers.

#include "api/await_result.hpp"
#include "api/bus_json.hpp"
#include "api/bus_requests.hpp"
#include "api/operator_route.hpp"
#include "api/routes.hpp"
#include "live/operators.hpp"

namespace rotacast::api {
namespace {

using http::Response;
using net::asio::awaitable;
using Statuses = std::vector<bus::SubscriberStatus>;

awaitable<Result<Statuses>> ask_subscribers(bus::BusAdmin& operations) {
    auto begin = [&operations](auto resume) { operations.subscribers(std::move(resume)); };
    return await_result<Statuses>(std::move(begin));
}

awaitable<Response> stats(live::Operators& operators, http::RequestContext&, const std::string&) {
    auto begin = [&bus_admin = operators.bus_admin](auto resume) {
        bus_admin.stats(std::move(resume));
    };
    const auto figures = co_await await_result<bus::BusStats>(std::move(begin));
    if (!figures) co_return http::error_response(figures.error());
    const auto subscribers = co_await ask_subscribers(operators.bus_admin);
    const auto write = [&](const Statuses& list) { return bus_stats_text(*figures, list); };
    co_return respond(subscribers, write);
}

awaitable<Response> subscriptions(live::Operators& operators,
                                  http::RequestContext&,
                                  const std::string&) {
    const auto subscribers = co_await ask_subscribers(operators.bus_admin);
    co_return respond(subscribers, subscriptions_text);
}

/// Responds with the subscription's new state.
awaitable<Response> one_subscription(bus::BusAdmin& bus_admin, const std::string& name) {
    const auto subscribers = co_await ask_subscribers(bus_admin);
    const auto write = [&](const Statuses& list) {
        Statuses named;
        for (const auto& status : list)
            if (status.name == name) named.push_back(status);
        return subscriptions_text(named);
    };
    co_return respond(subscribers, write);
}

awaitable<Response> pause(live::Operators& operators,
                          http::RequestContext& context,
                          const std::string& who) {
    auto reason = decode_reason(context.request.body());
    if (!reason) co_return http::error_response(reason.error());
    auto begin = [&bus_admin = operators.bus_admin, &context, &reason, &who](auto resume) {
        bus_admin.pause(context.path_parameter, std::move(*reason), who, std::move(resume));
    };
    const auto done = co_await await_result<void>(std::move(begin));
    if (!done) co_return http::error_response(done.error());
    co_return co_await one_subscription(operators.bus_admin, context.path_parameter);
}

awaitable<Response> resume(live::Operators& operators,
                           http::RequestContext& context,
                           const std::string& who) {
    auto begin = [&bus_admin = operators.bus_admin, &context, &who](auto go_on) {
        bus_admin.resume(context.path_parameter, who, std::move(go_on));
    };
    const auto done = co_await await_result<void>(std::move(begin));
    if (!done) co_return http::error_response(done.error());
    co_return co_await one_subscription(operators.bus_admin, context.path_parameter);
}

awaitable<Response> audit(live::Operators& operators,
                          http::RequestContext& context,
                          const std::string&) {
    if (const auto good = check_query(context, {"before", "limit"}); !good)
        co_return http::error_response(good.error());
    const auto page = page_of(context);
    if (!page) co_return http::error_response(page.error());
    auto begin = [&bus_admin = operators.bus_admin, &page](auto resume) {
        bus_admin.audits(*page, std::move(resume));
    };
    const auto rows = co_await await_result<std::vector<bus::AuditRow>>(std::move(begin));
    const auto write = [&](const auto& list) { return audits_text(list, *page); };
    co_return respond(rows, write);
}

awaitable<Response> handler_log(live::Operators& operators,
                                http::RequestContext& context,
                                const std::string&) {
    if (const auto good = check_query(context, {"handler", "event_id", "before", "limit"}); !good)
        co_return http::error_response(good.error());
    const auto page = page_of(context);
    if (!page) co_return http::error_response(page.error());
    const auto event_id = query_uuid(context, "event_id");
    if (!event_id) co_return http::error_response(event_id.error());
    std::optional<std::string> handler;
    if (const auto name = context.query("handler")) handler = std::string(*name);
    auto begin = [&bus_admin = operators.bus_admin, &handler, &event_id, &page](auto resume) {
        bus_admin.handler_log(std::move(handler), *event_id, *page, std::move(resume));
    };
    const auto rows = co_await await_result<std::vector<bus::HandlerLogRow>>(std::move(begin));
    const auto write = [&](const auto& list) { return handler_log_text(list, *page); };
    co_return respond(rows, write);
}

}  // namespace

void add_bus_routes(http::Router& router, live::Operators& operators) {
    using enum http::verb;
    const std::string subscriptions_path = "/api/v1/bus/subscriptions";
    const auto route = operator_routes(router, operators);
    route(get, "/api/v1/bus/stats", stats);
    route(get, subscriptions_path, subscriptions);
    route(post, subscriptions_path + "/{name}/pause", pause);
    route(post, subscriptions_path + "/{name}/resume", resume);
    route(get, "/api/v1/bus/audit", audit);
    route(get, "/api/v1/bus/ledger", handler_log);
    add_dead_letter_routes(router, operators);
}

}  // namespace rotacast::api
