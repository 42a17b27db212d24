// Liveness, readiness, statistics.

#include "api/credentials.hpp"
#include "api/routes.hpp"
#include "auth/access.hpp"
#include "base/json_text.hpp"
#include "live/server_statistics.hpp"
#include "live/server_status.hpp"
#include "net/deflate.hpp"
#include "net/offload.hpp"
#include "ws/command.hpp"

namespace rotacast::api {
namespace {

net::asio::awaitable<http::Response> live(http::RequestContext&) {
    co_return http::json_response(http::status::ok, R"({"status":"alive"})");
}

// Ready means that an event published now would be stored and shown; degraded, that people of other
// nodes will see it only later.
net::asio::awaitable<http::Response> ready(live::ServerStatus& status, http::RequestContext&) {
    const auto state = status.sources.journal.state();
    if (status.shutdown.begun())
        co_return http::json_response(
            http::status::service_unavailable,
            R"({"status":"not_ready","reason":"The server is going down."})");
    if (state.writable && state.ordered)
        co_return http::json_response(http::status::ok, R"({"status":"ready"})");
    std::string body = state.writable ? R"({"status":"degraded","reason":)"
                                      : R"({"status":"not_ready","reason":)";
    append_json_string(body, state.reason);
    body += '}';
    if (state.writable) co_return http::json_response(http::status::ok, std::move(body));
    auto response = http::json_response(http::status::service_unavailable, std::move(body));
    response.set(http::field::retry_after, "1");
    co_return response;
}

std::int64_t figure(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

void add_refusals(live::ServerStatistics& to, const live::Refusals& refusals) {
    for (const auto& error : error_table())
        if (const auto count = refusals.of(error.code); count > 0)
            to.refused[std::string(error.name)] = figure(count);
}

void add_sockets(live::ServerStatistics& to, const net::WebSocketStats& of_one_loop) {
    to.sockets_opened += figure(of_one_loop.opened.value());
    to.sockets_closed += figure(of_one_loop.closed.value());
    to.frames_dropped += figure(of_one_loop.frames_dropped.value());
    const auto add = [&](const std::string& code, std::uint64_t count) {
        if (count > 0) to.closed[code] += figure(count);
    };
    const auto add_code = [&](std::size_t code, std::uint64_t count) {
        add(std::to_string(code), count);
    };
    of_one_loop.closed_by_code.each(add_code);
    of_one_loop.closed_by_own_code.each(add_code);
    of_one_loop.closed_by_own_lack.each(add_code);
    add("others", of_one_loop.closed_by_other_code.value());
}

void add_streams(live::ServerStatistics& to, const net::SseStats& of_one_loop) {
    to.streams_opened += figure(of_one_loop.opened.value());
    to.streams_closed += figure(of_one_loop.closed.value());
    to.stream_frames_dropped += figure(of_one_loop.frames_dropped.value());
}

void add_pools(live::ServerStatistics& to, const live::ServerStatus& status) {
    to.password_jobs_refused = figure(status.password_pool.refused());
    to.directory_jobs_refused = figure(status.credential_check.directory_pool.refused());
}

void add_http(live::ServerStatistics& to, const net::HttpStats& of_one_loop) {
    to.http_turned_away += figure(of_one_loop.turned_away.value());
    to.http_timeouts += figure(of_one_loop.timeouts.value());
    to.http_bodies_too_large += figure(of_one_loop.bodies_large.value());
    to.http_headers_too_large += figure(of_one_loop.headers_large.value());
    to.http_malformed += figure(of_one_loop.malformed.value());
}

void add_connections(live::ServerStatistics& to,
                     const live::ServerStatus& status,
                     const hub::HubStats& stats) {
    to.connections = figure(stats.total_connections);
    to.users = figure(stats.unique_users);
    to.schedules_watched = figure(stats.schedules_watched);
    to.persons_watched = figure(stats.persons_watched);
    for (const auto protocol : live::all_protocols)
        to.open[std::string(to_string(protocol))] =
            figure(status.supervision.open_connections.of(protocol));
    to.graphql_subscriptions = figure(stats.graphql_subscriptions);
    to.deliveries = figure(stats.deliveries);
    const auto feed = status.sources.hub.feed_stats();
    to.entries_behind = figure(feed.entries_behind);
    to.loop_catch_ups = figure(feed.catch_ups);
    to.refused_subscriptions = figure(stats.refused_subscriptions);
}

void add_classic(live::ServerStatistics& to, const live::ClassicCounters& counters) {
    to.refused_upgrades = figure(counters.refused_upgrades);
    to.ended_sessions = figure(counters.ended_sessions);
    to.forbidden_subscriptions = figure(counters.forbidden_subscriptions);
    to.ignored_binary = figure(counters.binary_messages);
    for (std::size_t i = 0; i < counters.ignored_commands.size(); ++i)
        to.ignored[std::string(ws::to_string(static_cast<ws::Ignored>(i)))] =
            figure(counters.ignored_commands[i]);
}

live::ServerStatistics collect(const live::ServerStatus& status, const hub::HubStats& stats) {
    live::ServerStatistics all;
    add_connections(all, status, stats);
    add_classic(all, status.supervision.counters);
    add_refusals(all, status.supervision.refusals);
    add_pools(all, status);
    all.unseen = status.unseen_events.counts();
    const auto journal = status.sources.journal.state();
    all.journal_first = figure(journal.first);
    all.journal_last = figure(journal.last);
    if (status.bridge) all.bridge = status.bridge();
    all.deflated_messages = figure(net::deflated_messages());
    for (std::size_t i = 0; i < status.loops.size(); ++i) {
        const auto& loop = status.loops[i];
        add_sockets(all, loop.websocket_stats());
        add_streams(all, loop.sse_stats());
        add_http(all, loop.http_stats());
    }
    return all;
}

net::asio::awaitable<http::Response> statistics(live::ServerStatus& status,
                                                http::RequestContext& context) {
    const auto principal = co_await authenticate(status.credential_check, context);
    if (!principal) co_return http::error_response(principal.error());
    if (!auth::may_operate(principal->role))
        co_return http::error_response(
            {ErrorCode::forbidden, "Statistics are for admins and coordinators.", ""});
    const auto stats = co_await net::resumed_by<hub::HubStats>(
        [&status](auto resume) { status.sources.hub.collect_stats(std::move(resume)); });
    co_return http::json_response(http::status::ok, to_json(collect(status, stats)));
}

}  // namespace

void add_status_routes(http::Router& router, live::ServerStatus& status) {
    router.add(http::verb::get, "/health/live", [](http::RequestContext& context) {
        return live(context);
    });
    for (const auto* path : {"/health", "/health/ready"})
        router.add(http::verb::get, path, [&status](http::RequestContext& context) {
            return ready(status, context);
        });
    router.add(http::verb::get, "/api/v1/stats", [&status](http::RequestContext& context) {
        return statistics(status, context);
    });
}

}  // namespace rotacast::api
