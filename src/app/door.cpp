#include "app/door.hpp"

#include "api/routes.hpp"
#include "app/options.hpp"
#include "app/page_routes.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "config/load.hpp"
#include "http/session.hpp"

#include <boost/asio/ip/host_name.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <tuple>
#include <utility>

namespace rotacast::app {

using std::chrono::seconds;

namespace {

live::ClusterView alone(const bus::JournalState& state) {
    live::ClusterView view;
    view.last = static_cast<std::int64_t>(state.last);
    live::NodeRow row;
    row.name = boost::asio::ip::host_name();
    row.version = version;
    row.position = view.last;
    row.answering = true;
    view.nodes.push_back(std::move(row));
    return view;
}

live::ClusterView view_of(const cluster::OrderIo::Status& status, const std::string& own_id) {
    live::ClusterView view;
    view.ordered = status.stage == cluster::Stage::online;
    if (!view.ordered) view.reason = status.reason;
    const auto last = std::max(status.stream_last, status.stored);
    view.last = static_cast<std::int64_t>(last);
    view.waiting = static_cast<std::int64_t>(status.outbox_rows);
    for (const auto& node : status.nodes) {
        const bool own = node.id == own_id;
        const auto position = own ? status.stored : node.position;
        view.nodes.push_back({node.id,
                              node.name,
                              node.version,
                              static_cast<std::int64_t>(position),
                              static_cast<std::int64_t>(last - std::min(last, position)),
                              own ? 0 : node.silent.count(),
                              !node.waits,
                              own,
                              std::nullopt,
                              std::nullopt});
    }
    std::ranges::sort(
        view.nodes, {}, [](const live::NodeRow& row) { return std::tie(row.name, row.id); });
    return view;
}

live::ClusterView with_reports(live::ClusterView view, const cluster::NodeReports& reports) {
    for (auto& node : view.nodes) {
        const auto report = reports.of(node.id);
        if (!report) continue;
        node.connections = report->connections;
        node.dead_letters = report->dead_letters;
        view.connections += report->connections;
        view.dead_letters += report->dead_letters;
    }
    return view;
}

live::LookAtCluster look_at(Stores& stores, const cluster::NodeReports& reports) {
    if (!stores.order)
        return [&journal = *stores.journal, &reports] {
            return with_reports(alone(journal.state()), reports);
        };
    return [&order = *stores.order, &reports] {
        return with_reports(view_of(*order.status(), order.node()), reports);
    };
}

/// Of the metrics' own port: it is open when the others are all in use.
constexpr std::size_t metrics_connections = 16;

/// nullptr: no such port is wanted.
Result<std::shared_ptr<net::Listener>> listen_for_metrics(
    const Config& config,
    Threads& threads,
    std::shared_ptr<http::Router> router,
    std::shared_ptr<http::SessionOptions> http) {
    if (config.metrics.listen.empty()) return std::shared_ptr<net::Listener>();
    const auto address = config::parse_listen(config.metrics.listen);
    if (!address)
        return Error{ErrorCode::config_invalid, "metrics.listen takes HOST:PORT", "metrics.listen"};
    net::ListenerOptions options;
    options.host = address->host;
    options.port = address->port;
    options.connections_max = config.websocket.max_connections + metrics_connections;
    auto opened = net::Listener::open(
        threads.loops, std::move(options), http::serve(std::move(router), std::move(http)));
    if (opened) log::info("metrics are at {}/metrics", (*opened)->url());
    return opened;
}

}  // namespace

Door::Door(const Config& config,
           Stores& stores,
           Authentication& authentication,
           Threads& threads,
           EventPath& event_path,
           Sessions& sessions,
           const cluster::NodeReports& reports)
    : credential_check{authentication.authenticator,
                       *stores.directory,
                       threads.directory_pool,
                       http::AllowedOrigins(config.allowed_origins)},
      sources{event_path.hub,
              *stores.journal,
              sessions.history,
              sessions.presence,
              sessions.resumes,
              config.websocket.resume_entries_max,
              config.websocket.latest_entries_max},
      supervision{sessions.admission,
                  sessions.live_sessions,
                  sessions.open_connections,
                  sessions.rules,
                  sessions.counters,
                  sessions.refusals},
      logins{*stores.directory,
             *stores.directory,
             authentication.issuer,
             authentication.verifier,
             authentication.passwords,
             authentication.login_limiter,
             authentication.logins_of_address,
             credential_check,
             threads.password_pool,
             seconds(config.tokens.access_ttl_s),
             seconds(config.tokens.refresh_ttl_s),
             config.login.refresh_cookie == "on"},
      publishing{event_path.bus, sessions.unseen_events, config.intake.max_events},
      operators{credential_check,
                event_path.bus_admin,
                *stores.journal,
                threads.loops,
                sessions.shutdown,
                look_at(stores, reports)},
      status{threads.loops,
             sources,
             supervision,
             credential_check,
             threads.password_pool,
             sessions.shutdown,
             sessions.unseen_events,
             event_path.bus,
             event_path.bus_admin,
             operators.look_at_cluster},
      graphql{sources,
              supervision,
              credential_check,
              event_path.bus,
              sessions.unseen_events,
              event_path.bus_admin,
              sessions.selections,
              sessions.operation_budget,
              sessions.stream_reservations,
              graphql_rules(config.graphql)} {}

void Door::add_routes(const Config& config, webhooks::Webhooks& webhooks) {
    add_demo_page_routes(*router);
    if (config.graphql.graphiql == "on") add_graphiql_routes(*router);
    add_contract_routes(*router, config.graphql.introspection != "everybody");
    if (config.docs == "on") add_docs_page_routes(*router);
    const auto websocket = websocket_options(config.websocket);
    const bool refuse_by_http = config.reject == "http";
    api::add_auth_routes(*router, logins);
    api::add_event_routes(*router, credential_check, publishing);
    api::add_presence_routes(*router, credential_check, sources.presence);
    api::add_websocket_routes(
        *router, sources, supervision, credential_check, refuse_by_http, websocket);
    api::add_graphql_routes(*router, graphql, websocket);
    api::add_stream_routes(*router, sources, supervision, credential_check, *websocket);
    api::add_bus_routes(*router, operators);
    api::add_webhook_routes(*router, credential_check, webhooks);
    api::add_server_routes(*router, operators);
    api::add_probe_routes(*router, status);
    api::add_statistics_routes(*router, status);
    api::add_metrics_route(*router, status, scrape_token, false);
    api::add_probe_routes(*metrics_router, status);
    api::add_metrics_route(*metrics_router, status, scrape_token, true);
}

Result<void> Door::load_scrape_token(const config::Metrics& config) {
    if (config.token_file.empty()) {
        scrape_token.replace("");
        return {};
    }
    auto token = config::read_password(config.token_file, "metrics.token_file");
    if (!token) return token.error();
    scrape_token.replace(std::move(*token));
    return {};
}

Result<void> Door::listen(const Config& config, Threads& threads) {
    const auto address = config::parse_listen(config.listen);
    if (!address) return Error{ErrorCode::config_invalid, "listen takes HOST:PORT", "listen"};
    net::ListenerOptions options;
    options.host = address->host;
    options.port = address->port;
    options.connections_max = config.websocket.max_connections;
    if (!config.tls.certificate_file.empty()) {
        auto opened = net::Certificates::open(tls_files(config.tls), now());
        if (!opened) return opened.error();
        options.tls = [certificates = *opened] { return certificates->context(); };
        certificate =
            std::make_unique<net::CertificateWatcher>(threads.watchers, std::move(*opened));
    }
    auto proxies = trusted_proxies(config);
    if (!proxies) return proxies.error();
    auto http = std::make_shared<http::SessionOptions>();
    http->body_bytes_max = config.http.max_body_bytes;
    http->header_bytes_max = static_cast<std::uint32_t>(config.http.header_bytes_max);
    http->header_timeout = seconds(config.http.header_timeout_s);
    http->allowed_origins = credential_check.allowed_origins;
    http->trusted_proxies = std::move(*proxies);
    auto metrics = listen_for_metrics(config, threads, metrics_router, http);
    if (!metrics) return metrics.error();
    metrics_listener = std::move(*metrics);
    auto opened = net::Listener::open(
        threads.loops, std::move(options), http::serve(router, std::move(http)));
    if (!opened) return opened.error();
    listener = std::move(*opened);
    if (certificate) certificate->start();
    return {};
}

void Door::close() {
    if (metrics_listener) metrics_listener->stop();
    listener->stop();
}

void Door::reload(const config::Tls& config) {
    if (certificate) certificate->reload(tls_files(config));
}

void Door::stop_watching() {
    if (certificate) certificate->stop();
}

}  // namespace rotacast::app
