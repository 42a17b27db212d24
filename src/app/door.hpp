#pragma once

// What requests come in by: the listener, the routes, and what the routes are given.

#include "api/publishing.hpp"
#include "app/authentication.hpp"
#include "app/event_path.hpp"
#include "app/sessions.hpp"
#include "app/stores.hpp"
#include "app/threads.hpp"
#include "cluster/node_reports.hpp"
#include "execution/environment.hpp"
#include "http/router.hpp"
#include "live/credential_check.hpp"
#include "live/logins.hpp"
#include "live/operators.hpp"
#include "live/scrape_token.hpp"
#include "live/server_status.hpp"
#include "live/sources.hpp"
#include "live/supervision.hpp"
#include "net/certificate_watcher.hpp"
#include "net/listener.hpp"

#include <memory>

namespace rotacast::app {

/// Destroyed first, because it refers to everything else, and nothing refers to it but connections:
/// these have ended with the loops.
struct Door {
    Door(const Config& config,
         Stores& stores,
         Authentication& authentication,
         Threads& threads,
         EventPath& event_path,
         Sessions& sessions,
         const cluster::NodeReports& reports);

    void add_routes(const Config& config, webhooks::Webhooks& webhooks);

    /// Reads the file with the token of Prometheus, if one is named. Errors: `config_invalid` if it
    /// cannot be read; then the former one stays.
    Result<void> load_scrape_token(const config::Metrics& config);

    /// Errors: `config_invalid` if the address is invalid or in use, if the certificate cannot be
    /// served, or if a trusted proxy is no address.
    Result<void> listen(const Config& config, Threads& threads);

    /// Accepts no more connections.
    void close();

    /// Serves these files to new connections, if TLS is on.
    void reload(const config::Tls& config);

    void stop_watching();

    live::CredentialCheck credential_check;
    live::Sources sources;
    live::Supervision supervision;
    live::Logins logins;
    api::Publishing publishing;
    live::Operators operators;
    live::ServerStatus status;
    execution::Environment graphql;
    std::shared_ptr<http::Router> router = std::make_shared<http::Router>();
    live::ScrapeToken scrape_token{""};
    std::shared_ptr<http::Router> metrics_router = std::make_shared<http::Router>();
    std::shared_ptr<net::Listener> listener;          // set by listen()
    std::shared_ptr<net::Listener> metrics_listener;  // set by listen(); nullptr: there is none
    std::unique_ptr<net::CertificateWatcher> certificate;  // set by listen(); nullptr: no TLS
};

}  // namespace rotacast::app
