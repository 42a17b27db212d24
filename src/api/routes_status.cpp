// Liveness, readiness, statistics, metrics.

#include "api/credentials.hpp"
#include "api/routes.hpp"
#include "api/statistics.hpp"
#include "auth/access.hpp"
#include "base/json_text.hpp"
#include "live/metrics.hpp"
#include "live/scrape_token.hpp"
#include "live/server_status.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rotacast::api {
namespace {

net::asio::awaitable<http::Response> live(http::RequestContext&) {
    co_return http::json_response(http::status::ok, R"({"status":"alive"})");
}

/// Ready means that an event published now would be stored and shown; degraded, that people of
/// other nodes will see it only later.
struct Readiness {
    bool serves = true;
    std::vector<std::string> reasons;  ///< why it is not ready; for people

    std::string_view status() const {
        if (!serves) return "not_ready";
        return reasons.empty() ? "ready" : "degraded";
    }
};

Readiness readiness_of(const live::ServerStatus& status) {
    Readiness readiness;
    const bool ends = status.shutdown.begun();
    const auto journal = status.sources.journal.state();
    readiness.serves = !ends && journal.writable;
    if (ends) readiness.reasons.emplace_back("The server is going down.");
    if (!journal.writable || !journal.ordered) readiness.reasons.push_back(journal.reason);
    return readiness;
}

net::asio::awaitable<http::Response> ready(const live::ServerStatus& status,
                                           http::RequestContext&) {
    const auto readiness = readiness_of(status);
    auto body = R"({"status":")" + std::string(readiness.status()) + '"';
    if (!readiness.reasons.empty()) {
        body += R"(,"reason":)";
        append_json_string(body, readiness.reasons.front());
        body += R"(,"reasons":)";
        reflect::encode(body, readiness.reasons, {});
    }
    body += '}';
    if (readiness.serves) co_return http::json_response(http::status::ok, std::move(body));
    auto response = http::json_response(http::status::service_unavailable, std::move(body));
    if (!status.shutdown.begun()) response.set(http::field::retry_after, "1");
    co_return response;
}

net::asio::awaitable<http::Response> statistics(live::ServerStatus& status,
                                                http::RequestContext& context) {
    const auto principal = co_await authenticate(status.credential_check, context);
    if (!principal) co_return http::error_response(principal.error());
    if (!auth::may_operate(principal->role))
        co_return http::error_response(
            {ErrorCode::forbidden, "Statistics are for admins and coordinators.", ""});
    const auto collected = co_await collect_statistics(status);
    co_return http::json_response(http::status::ok, to_json(collected));
}

net::asio::awaitable<http::Response> metrics(live::ServerStatus& status,
                                             const live::ScrapeToken& token,
                                             bool open_without_token,
                                             http::RequestContext& context) {
    if (!token.exists() && !open_without_token)
        co_return http::error_response(
            {ErrorCode::unauthenticated, "Metrics are off: metrics.token_file is not set.", ""});
    if (token.exists() && !token.opens(context.header(http::field::authorization).value_or("")))
        co_return http::error_response(
            {ErrorCode::unauthenticated, "Metrics take the token of metrics.token_file.", ""});
    const auto collected = co_await collect_statistics(status);
    co_return http::content_response(
        http::status::ok, live::metrics_content_type, metrics_text(collected));
}

}  // namespace

void add_probe_routes(http::Router& router, const live::ServerStatus& status) {
    for (const auto* path : {"/healthz", "/health/live"})
        router.add(
            http::verb::get, path, [](http::RequestContext& context) { return live(context); });
    for (const auto* path : {"/readyz", "/health", "/health/ready"})
        router.add(http::verb::get, path, [&status](http::RequestContext& context) {
            return ready(status, context);
        });
}

void add_statistics_routes(http::Router& router, live::ServerStatus& status) {
    router.add(http::verb::get, "/api/v1/stats", [&status](http::RequestContext& context) {
        return statistics(status, context);
    });
}

void add_metrics_route(http::Router& router,
                       live::ServerStatus& status,
                       const live::ScrapeToken& token,
                       bool open_without_token) {
    router.add(http::verb::get,
               "/metrics",
               [&status, &token, open_without_token](http::RequestContext& context) {
                   return metrics(status, token, open_without_token, context);
               });
}

}  // namespace rotacast::api
