#include "app/node.hpp"

#include "api/publishing.hpp"
#include "api/routes.hpp"
#include "app/follower.hpp"
#include "app/journal_tail.hpp"
#include "app/options.hpp"
#include "app/page_routes.hpp"
#include "app/threads.hpp"
#include "auth/authenticator.hpp"
#include "base/log.hpp"
#include "config/load.hpp"
#include "execution/environment.hpp"
#include "execution/stream_reservations.hpp"
#include "http/session.hpp"
#include "live/credential_check.hpp"
#include "live/encodings.hpp"
#include "live/logins.hpp"
#include "live/operators.hpp"
#include "live/revocation_watcher.hpp"
#include "live/server_status.hpp"
#include "live/sources.hpp"
#include "live/supervision.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"
#include "projection/projector.hpp"
#include "projection/roster_projection.hpp"
#include "store/sqlite_deliveries.hpp"
#include "store/sqlite_directory.hpp"
#include "store/sqlite_journal.hpp"
#include "webhooks/webhooks.hpp"

#include <algorithm>
#include <future>

namespace rotacast::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string bus_database(const Config& config) {
    return config.bus.database.empty() ? config.database + "-bus" : config.bus.database;
}

std::vector<net::asio::any_io_executor> executors_of(net::Loops& loops) {
    std::vector<net::asio::any_io_executor> executors;
    for (std::size_t i = 0; i < loops.size(); ++i) executors.emplace_back(loops.executor(i));
    return executors;
}

/// For loops that were blocked.
hub::ReadJournal read_on(net::asio::thread_pool& readers, bus::Journal& journal) {
    return [&readers, &journal](bus::Offset after, std::size_t limit, auto done) {
        net::asio::post(readers, [&journal, after, limit, done] {
            done(projection::read_publications(journal, after, limit));
        });
    };
}

/// How far the handlers have read the journal; this is stored outside of the journal.
Result<std::vector<bus::Cursor>> positions_of_handlers(bus::DeliveryStore& store) {
    store.begin(bus::Durability::safe);
    std::vector<bus::Cursor> positions;
    for (const auto& record : store.records().subscribers())
        positions.push_back({record.epoch, {std::max(record.position, record.begun)}});
    if (auto done = store.commit(); !done) return done.error();
    return positions;
}

}  // namespace

// Members are destroyed in reverse order, so each is declared before its users. Sessions on the
// loops may refer to anything until the loops' threads end, so Node::stop() stops the loops first.
struct Node::Parts {
    Parts(const Config& config,
          const std::string& jwt_secret,
          std::unique_ptr<store::SqliteDirectory> opened_directory,
          std::unique_ptr<projection::RosterProjection> filled_roster,
          std::unique_ptr<store::SqliteJournal> opened_journal,
          std::unique_ptr<store::SqliteDeliveries> deliveries,
          std::unique_ptr<webhooks::SqliteWebhooks> opened_webhooks,
          webhooks::WebhooksOptions webhooks_options)
        : directory(std::move(opened_directory)),
          roster(std::move(filled_roster)),
          journal(std::move(opened_journal)),
          issuer(jwt_secret,
                 seconds(config.tokens.access_ttl_s),
                 seconds(config.tokens.refresh_ttl_s),
                 token_parties(config.tokens)),
          verifier(jwt_secret, token_rules(config.tokens)),
          passwords(static_cast<int>(config.login.bcrypt_cost)),
          login_limiter(limiter_options(config.login)),
          logins_of_address(address_limiter_options(config.login)),
          threads(config.loops),
          handlers(*directory, *directory, *roster, handlers_options(config.handlers)),
          dispatcher(bus, *journal, std::move(deliveries), dispatcher_options(config.bus)),
          webhooks(
              bus, *journal, bus_admin, std::move(opened_webhooks), std::move(webhooks_options)),
          hub(executors_of(threads.loops),
              live::encodings(deflate_options(config.websocket.deflate)),
              hub_options(config, *journal, read_on(threads.tail_readers, *journal))),
          follower(hub, journal->state()),
          tail(threads.loops.executor(0),
               threads.tail_readers.get_executor(),
               *journal,
               journal->state(),
               [this](const bus::EntryBatchPtr& batch) { follower.on_entries(batch); }),
          history(threads.history_pool,
                  live::encodings(deflate_options(config.websocket.deflate)),
                  *journal),
          presence(executors_of(threads.loops), presence_options(config.presence)),
          admission(admission_limits(config.limits)),
          rules(threads.loops, rules_of(config)),
          shutdown(seconds(config.drain_window_s)),
          key_set_source(threads.watchers, verifier, key_set_options(config.tokens)),
          credential_check{
              authenticator, *directory, threads.directory_pool, config.allowed_origins},
          sources{hub,
                  *journal,
                  history,
                  presence,
                  config.websocket.resume_entries_max,
                  config.websocket.latest_entries_max},
          logins{*directory,
                 *directory,
                 issuer,
                 verifier,
                 passwords,
                 login_limiter,
                 logins_of_address,
                 credential_check,
                 threads.password_pool,
                 seconds(config.tokens.access_ttl_s)},
          publishing{bus, *journal, config.intake.max_events},
          graphql{sources,
                  supervision,
                  credential_check,
                  bus,
                  bus_admin,
                  selections,
                  operation_budget,
                  stream_reservations,
                  graphql_rules(config.graphql)} {}

    // stores and authentication
    std::unique_ptr<store::SqliteDirectory> directory;
    std::unique_ptr<projection::RosterProjection> roster;
    std::unique_ptr<store::SqliteJournal> journal;
    auth::TokenIssuer issuer;
    auth::TokenVerifier verifier;
    auth::Authenticator authenticator{verifier, *directory, *directory};
    auth::Passwords passwords;
    auth::LoginLimiter login_limiter;
    auth::LoginLimiter logins_of_address;

    Threads threads;

    // the path of an event: bus -> journal -> dispatcher -> handlers
    //                                         -> follower -> hub -> loops
    bus::Bus bus{*journal};
    handlers::Handlers handlers;
    bus::Dispatcher dispatcher;
    bus::BusAdmin bus_admin{dispatcher};
    webhooks::Webhooks webhooks;
    hub::Hub hub;
    Follower follower;
    JournalTail tail;
    live::History history;
    presence::PresenceBoard presence;
    net::asio::steady_timer presence_timer{threads.loops.executor(0)};

    /// The interval bounds how late departures are noticed.
    void tick_presence() {
        presence_timer.expires_after(seconds(1));
        presence_timer.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            tick_presence();
            presence.tick({threads.loops[0].tick().steady, threads.loops[0].tick().wall});
        });
    }

    /// Returns when every connection was passed everything that the journal has now. This only
    /// waits for posted jobs, so the time-out is only reached because of a defect.
    void show_everything_stored() {
        const auto shown = std::make_shared<std::promise<void>>();
        auto future = shown->get_future();
        threads.loops[0].post([this, shown, last = journal->state().last] {
            follower.when_shown(
                last, [this, shown] { threads.loops.pass([shown] { shown->set_value(); }); });
        });
        if (future.wait_for(seconds(5)) != std::future_status::ready)
            log::error("closing connections before they have been sent every stored event");
    }

    // sessions
    live::LiveSessions live_sessions{threads.loops};
    live::ClassicCounters counters;
    live::Refusals refusals;
    live::Admission admission;
    live::OpenConnections open_connections;
    live::LiveRules rules;
    live::ShutdownController shutdown;
    execution::SelectionInterner selections;
    execution::OperationBudget operation_budget;
    execution::StreamReservations stream_reservations;
    live::RevocationWatcher guard{threads.watchers, *directory, *directory, live_sessions};
    http::KeySetSource key_set_source;

    // routes and listener
    live::CredentialCheck credential_check;
    live::Sources sources;
    live::Supervision supervision{
        admission, live_sessions, open_connections, rules, counters, refusals};
    live::Logins logins;
    api::Publishing publishing;
    live::Operators operators{credential_check, bus_admin, *journal, threads.loops, shutdown};
    live::ServerStatus status{
        threads.loops, sources, supervision, credential_check, threads.password_pool, shutdown};
    execution::Environment graphql;
    std::shared_ptr<http::Router> router = std::make_shared<http::Router>();
    std::shared_ptr<net::Listener> listener;
};

Node::Node(Config config, std::string jwt_secret)
    : config_(std::move(config)), jwt_secret_(std::move(jwt_secret)) {}

void Node::on_shutdown_requested(std::function<void()> end) {
    end_ = std::move(end);
}

Node::~Node() {
    stop();
}

Result<void> Node::open() {
    if (const auto known = auth::parse_algorithms(config_.tokens.algorithms); !known)
        return known.error();
    auto directory = store::SqliteDirectory::open(config_.database);
    if (!directory) return directory.error();
    auto deliveries = store::SqliteDeliveries::open(bus_database(config_));
    if (!deliveries) return deliveries.error();
    auto options = journal_options(config_.journal);
    auto positions = positions_of_handlers(**deliveries);
    if (!positions) return positions.error();
    options.seen = std::move(*positions);
    auto roster = std::make_unique<projection::RosterProjection>();
    options.enricher = roster.get();
    auto journal = store::SqliteJournal::open(config_.database, std::move(options));
    if (!journal) return journal.error();
    auto webhooks = webhooks::SqliteWebhooks::open(config_.database);
    if (!webhooks) return webhooks.error();
    auto webhooks_rules = webhooks_options(config_.webhooks);
    if (!webhooks_rules) return webhooks_rules.error();
    parts_ = std::make_unique<Parts>(config_,
                                     jwt_secret_,
                                     std::move(*directory),
                                     std::move(roster),
                                     std::move(*journal),
                                     std::move(*deliveries),
                                     std::move(*webhooks),
                                     std::move(*webhooks_rules));
    parts_->journal->follow([parts = parts_.get()](bus::EntryBatchPtr batch) {
        parts->dispatcher.on_entries(batch);
        parts->tail.on_entries(std::move(batch));
    });
    parts_->shutdown.on_requested(end_);
    if (config_.handlers.enabled == "on")
        if (auto added = parts_->handlers.add_to(parts_->bus); !added) return added;
    auto& router = *parts_->router;
    add_demo_page_routes(router);
    if (config_.graphql.graphiql == "on") add_graphiql_routes(router);
    auto& parts = *parts_;
    auto& check = parts.credential_check;
    const auto websocket = websocket_options(config_.websocket);
    api::add_auth_routes(router, parts.logins);
    api::add_event_routes(router, check, parts.publishing);
    api::add_presence_routes(router, check, parts.presence);
    api::add_websocket_routes(
        router, parts.sources, parts.supervision, check, config_.reject == "http", websocket);
    api::add_graphql_routes(router, parts.graphql, websocket);
    api::add_stream_routes(router, parts.sources, parts.supervision, check, *websocket);
    api::add_bus_routes(router, parts.operators);
    api::add_webhook_routes(router, check, parts.webhooks);
    api::add_server_routes(router, parts.operators);
    api::add_status_routes(router, parts.status);
    return {};
}

Result<void> Node::start() {
    if (!parts_)
        if (auto opened = open(); !opened) return opened;
    const auto address = config::parse_listen(config_.listen);
    if (!address) return Error{ErrorCode::config_invalid, "listen takes HOST:PORT", "listen"};
    net::ListenerOptions options;
    options.host = address->host;
    options.port = address->port;
    options.connections_max = config_.websocket.max_connections;
    if (!config_.tls.certificate_file.empty()) {
        auto tls = net::make_tls_context(config_.tls.certificate_file, config_.tls.key_file);
        if (!tls) return tls.error();
        options.tls = std::move(*tls);
    }
    if (auto guarded = parts_->guard.start(); !guarded) return guarded;
    if (auto keys = parts_->key_set_source.start(); !keys) return keys;
    auto http = std::make_shared<http::SessionOptions>();
    http->body_bytes_max = config_.http.max_body_bytes;
    http->header_bytes_max = static_cast<std::uint32_t>(config_.http.header_bytes_max);
    http->header_timeout = seconds(config_.http.header_timeout_s);
    auto listener = net::Listener::open(
        parts_->threads.loops, std::move(options), http::serve(parts_->router, std::move(http)));
    if (!listener) return listener.error();
    parts_->listener = std::move(*listener);
    parts_->dispatcher.start();
    if (auto webhooks = parts_->webhooks.start(); !webhooks) return webhooks;
    parts_->threads.loops[0].post([parts = parts_.get()] { parts->tick_presence(); });
    parts_->threads.loops.start();
    return {};
}

Result<void> Node::reload(const Config& config, const std::string& jwt_secret) {
    if (auto known = auth::parse_algorithms(config.tokens.algorithms); !known) return known.error();
    log::set_level(config.log_level);
    auto& parts = *parts_;
    parts.rules.replace(rules_of(config));
    parts.admission.set_limits(admission_limits(config.limits));
    // Tokens signed with the former secret remain valid until they would have expired anyway.
    parts.verifier.replace_secret(jwt_secret, now() + seconds(config_.tokens.refresh_ttl_s));
    parts.issuer.replace_secret(jwt_secret);
    parts.key_set_source.reload();
    return {};
}

void Node::stop() {
    if (!parts_) return;
    if (parts_->listener) {
        parts_->listener->stop();
        const auto window = parts_->shutdown.begin_anyway();
        parts_->show_everything_stored();
        parts_->threads.loops.drain(
            window, seconds(config_.drain_timeout_s), [this] { parts_->threads.close_pools(); });
    }
    parts_->threads.close_pools();
    parts_->guard.stop();
    parts_->key_set_source.stop();
    parts_->webhooks.close();
    const auto handlers_left = parts_->dispatcher.close();
    parts_->journal->close();
    // Requests that waited for the bus or the journal have been answered; end them before the
    // objects they refer to are destroyed.
    parts_->threads.loops.drain({}, {});
    parts_->threads.join_readers_and_watchers();
    parts_->threads.loops.stop();
    if (handlers_left > 0) {
        log::warn("{} handlers have not come back; what they use stays", handlers_left);
        (void)parts_.release();  // their threads go on until the process ends
    }
    parts_.reset();
}

std::string Node::url() const {
    return parts_->listener->url();
}

http::Router& Node::router() {
    return *parts_->router;
}

bus::Bus& Node::bus() {
    return parts_->bus;
}

net::WorkerPool& Node::password_pool() {
    return parts_->threads.password_pool;
}

}  // namespace rotacast::app
