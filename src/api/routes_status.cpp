// Is it alive, is it ready, what is it doing.

#include "api/credentials.hpp"
#include "api/routes.hpp"
#include "base/json_text.hpp"
#include "net/deflate.hpp"
#include "net/offload.hpp"
#include "ws/command.hpp"

#include <map>

namespace rotacast::api {
namespace {

net::asio::awaitable<net::Response> live(net::RequestContext&) {
    co_return net::json_response(net::http::status::ok, R"({"status":"alive"})");
}

// Ready means: an event published now would be stored and shown.
net::asio::awaitable<net::Response> ready(live::Services& services, net::RequestContext&) {
    const auto state = services.journal.state();
    if (services.going_down.begun())
        co_return net::json_response(
            net::http::status::service_unavailable,
            R"({"status":"not_ready","reason":"The server is going down."})");
    if (state.writable)
        co_return net::json_response(net::http::status::ok, R"({"status":"ready"})");
    std::string body = R"({"status":"not_ready","reason":)";
    append_json_string(body, state.reason);
    body += '}';
    auto response = net::json_response(net::http::status::service_unavailable, std::move(body));
    response.set(net::http::field::retry_after, "1");
    co_return response;
}

void append_count(std::string& out, std::string_view key, std::uint64_t value) {
    if (out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':' + std::to_string(value);
}

/// `refused_<name>` of every error that was given, on whatever transport.
void append_refusals(std::string& out, const live::Services& services) {
    for (const auto& error : error_table())
        if (const auto count = services.refusals.of(error.code); count > 0)
            append_count(out, "refused_" + std::string(error.name), count);
    append_count(out, "deflated_messages", net::deflated_messages());
}

void append_socket_counts(std::string& out, live::Services& services) {
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    std::uint64_t dropped = 0;
    std::map<std::string, std::uint64_t> by_code;
    for (std::size_t i = 0; i < services.loops.size(); ++i) {
        const auto& stats = services.loops[i].websocket_stats();
        opened += stats.opened.value();
        closed += stats.closed.value();
        dropped += stats.frames_dropped.value();
        const auto add = [&](std::size_t code, std::uint64_t count) {
            by_code[std::to_string(code)] += count;
        };
        stats.closed_by_code.each(add);
        stats.closed_by_own_code.each(add);
        by_code["others"] += stats.closed_by_other_code.value();
    }
    append_count(out, "sockets_opened", opened);
    append_count(out, "sockets_closed", closed);
    append_count(out, "frames_dropped", dropped);
    for (const auto& [code, count] : by_code)
        if (count > 0) append_count(out, "closed_" + code, count);
}

void append_stream_counts(std::string& out, live::Services& services) {
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    std::uint64_t dropped = 0;
    for (std::size_t i = 0; i < services.loops.size(); ++i) {
        const auto& stats = services.loops[i].sse_stats();
        opened += stats.opened.value();
        closed += stats.closed.value();
        dropped += stats.frames_dropped.value();
    }
    append_count(out, "streams_opened", opened);
    append_count(out, "streams_closed", closed);
    append_count(out, "stream_frames_dropped", dropped);
}

void append_http_counts(std::string& out, const live::Services& services) {
    std::uint64_t turned_away = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t bodies = 0;
    std::uint64_t headers = 0;
    std::uint64_t malformed = 0;
    for (std::size_t i = 0; i < services.loops.size(); ++i) {
        const auto& stats = services.loops[i].http_stats();
        turned_away += stats.turned_away.value();
        timeouts += stats.timeouts.value();
        bodies += stats.bodies_large.value();
        headers += stats.headers_large.value();
        malformed += stats.malformed.value();
    }
    append_count(out, "http_turned_away", turned_away);
    append_count(out, "http_timeouts", timeouts);
    append_count(out, "http_bodies_too_large", bodies);
    append_count(out, "http_headers_too_large", headers);
    append_count(out, "http_malformed", malformed);
}

/// Nobody had room any more where passwords or the directory are looked at.
void append_pool_counts(std::string& out, const live::Services& services) {
    append_count(out, "password_jobs_refused", services.password_pool.refused());
    append_count(out, "directory_jobs_refused", services.directory_pool.refused());
}

std::string statistics_text(live::Services& services, const hub::HubStats& stats) {
    const auto journal = services.journal.state();
    const auto& counters = services.counters;
    std::string out = "{";
    append_count(out, "connections", stats.total_connections);
    append_count(out, "users", stats.unique_users);
    append_count(out, "schedules_watched", stats.schedules_watched);
    append_count(out, "persons_watched", stats.persons_watched);
    for (const auto protocol : live::all_protocols)
        append_count(out,
                     "open_" + std::string(to_string(protocol)),
                     services.open_connections.of(protocol));
    append_count(out, "graphql_subscriptions", stats.graphql_subscriptions);
    append_count(out, "deliveries", stats.deliveries);
    append_count(out, "journal_first", journal.first);
    append_count(out, "journal_last", journal.last);
    append_count(out, "refused_upgrades", counters.refused_upgrades);
    append_count(out, "ended_sessions", counters.ended_sessions);
    append_count(out, "forbidden_subscriptions", counters.forbidden_subscriptions);
    append_count(out, "refused_subscriptions", stats.refused_subscriptions);
    append_count(out, "ignored_binary", counters.binary_messages);
    for (std::size_t i = 0; i < counters.ignored_commands.size(); ++i)
        append_count(out,
                     "ignored_" + std::string(ws::to_string(static_cast<ws::Ignored>(i))),
                     counters.ignored_commands[i]);
    append_refusals(out, services);
    append_socket_counts(out, services);
    append_stream_counts(out, services);
    append_http_counts(out, services);
    append_pool_counts(out, services);
    return out + '}';
}

net::asio::awaitable<net::Response> statistics(live::Services& services,
                                               net::RequestContext& context) {
    const auto principal = co_await authenticate(services, context);
    if (!principal) co_return net::error_response(principal.error());
    if (!auth::may_operate(principal->role))
        co_return net::error_response(
            {ErrorCode::forbidden, "Statistics are for admins and coordinators.", ""});
    const auto stats = co_await net::resumed_by<hub::HubStats>(
        [&services](auto resume) { services.hub.collect_stats(std::move(resume)); });
    co_return net::json_response(net::http::status::ok, statistics_text(services, stats));
}

}  // namespace

void add_status_routes(net::Router& router, live::Services& services) {
    router.add(net::http::verb::get, "/health/live", [](net::RequestContext& context) {
        return live(context);
    });
    for (const auto* path : {"/health", "/health/ready"})
        router.add(net::http::verb::get, path, [&services](net::RequestContext& context) {
            return ready(services, context);
        });
    router.add(net::http::verb::get, "/api/v1/stats", [&services](net::RequestContext& context) {
        return statistics(services, context);
    });
}

}  // namespace rotacast::api
