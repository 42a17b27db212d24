#include "app/node.hpp"

#include "app/follower.hpp"
#include "app/page.hpp"
#include "app/projector.hpp"
#include "auth/authenticator.hpp"
#include "base/log.hpp"
#include "config/load.hpp"
#include "net/classic_connection.hpp"
#include "net/listener.hpp"
#include "net/routes.hpp"
#include "net/services.hpp"
#include "net/session_guard.hpp"
#include "net/tls.hpp"
#include "net/wire_forms.hpp"
#include "store/sqlite_directory.hpp"
#include "store/sqlite_journal.hpp"

namespace rotacast::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t worker_threads = 2;

std::vector<net::asio::any_io_executor> executors_of(net::Loops& loops) {
    std::vector<net::asio::any_io_executor> executors;
    for (std::size_t i = 0; i < loops.size(); ++i) executors.emplace_back(loops.executor(i));
    return executors;
}

store::SqliteJournalOptions journal_options(const config::Journal& config) {
    store::SqliteJournalOptions options;
    options.connection.synchronous =
        config.synchronous == "NORMAL" ? store::Synchronous::normal : store::Synchronous::full;
    options.pending_requests_max = config.queue_entries;
    options.pending_bytes_max = static_cast<std::size_t>(config.queue_bytes);
    options.recent_entries_max = config.tail_entries;
    options.retention.age_max = std::chrono::hours(24) * config.retention_days;
    options.retention.bytes_max = static_cast<std::uint64_t>(config.retention_bytes);
    return options;
}

std::shared_ptr<const net::WebSocketOptions> websocket_options(const config::Websocket& config) {
    auto options = std::make_shared<net::WebSocketOptions>();
    options->max_message_bytes = config.max_message_bytes;
    options->send_queue_bytes_max = config.send_queue_bytes;
    options->policy = config.slow_client == "drop_oldest" ? hub::SlowConsumerPolicy::drop_oldest
                                                          : hub::SlowConsumerPolicy::close;
    options->ping_interval = seconds(config.ping_interval_s);
    options->idle_timeout = seconds(config.idle_timeout_s);
    return options;
}

auth::LoginLimiter::Options limiter_options(const config::Login& config) {
    auth::LoginLimiter::Options options;
    options.attempts_max = config.attempts;
    options.window = seconds(config.window_s);
    return options;
}

net::asio::awaitable<net::Response> page_response(const PageFile& file,
                                                  net::RequestContext& context) {
    auto response =
        context.header(net::http::field::if_none_match) == file.etag
            ? net::content_response(net::http::status::not_modified, file.content_type, "")
            : net::content_response(
                  net::http::status::ok, file.content_type, std::string(file.body));
    response.set(net::http::field::etag, file.etag);
    response.set(net::http::field::cache_control, "no-cache");
    response.set("Content-Security-Policy", page_security_policy);
    co_return response;
}

void add_page_routes(net::Router& router) {
    for (const auto& file : page_files())
        router.add(net::http::verb::get, file.path, [&file](net::RequestContext& context) {
            return page_response(file, context);
        });
}

}  // namespace

// Destroyed from the last to the first: what is used stands above its users, and the loops, whose
// sessions may hold on to anything until their threads have ended, are stopped by Node::stop().
struct Node::Parts {
    Parts(const Config& config,
          const std::string& jwt_secret,
          std::unique_ptr<store::SqliteDirectory> opened_directory,
          std::unique_ptr<store::SqliteJournal> opened_journal)
        : directory(std::move(opened_directory)),
          journal(std::move(opened_journal)),
          issuer(jwt_secret,
                 seconds(config.tokens.access_ttl_s),
                 seconds(config.tokens.refresh_ttl_s)),
          verifier(jwt_secret),
          passwords(static_cast<int>(config.login.bcrypt_cost)),
          login_limiter(limiter_options(config.login)),
          loops(config.loops),
          hub(executors_of(loops), net::wire_forms(), config.websocket.max_subscriptions),
          services{.loops = loops,
                   .workers = workers,
                   .bus = bus,
                   .journal = *journal,
                   .hub = hub,
                   .directory = *directory,
                   .authenticator = authenticator,
                   .issuer = issuer,
                   .verifier = verifier,
                   .passwords = passwords,
                   .login_limiter = login_limiter,
                   .live_sessions = live_sessions,
                   .counters = counters,
                   .what_screens_miss = &what_screens_miss,
                   .policy = auth::parse_policy(config.policy).value_or(auth::Policy::strict),
                   .refuse_by_http = config.reject == "http",
                   .allowed_origins = config.allowed_origins,
                   .intake_events_max = config.intake.max_events,
                   .access_ttl = seconds(config.tokens.access_ttl_s)} {}

    // who and what is stored
    std::unique_ptr<store::SqliteDirectory> directory;
    std::unique_ptr<store::SqliteJournal> journal;
    auth::TokenIssuer issuer;
    auth::TokenVerifier verifier;
    auth::Authenticator authenticator{verifier, *directory};
    auth::Passwords passwords;
    auth::LoginLimiter login_limiter;

    // threads
    net::Loops loops;
    net::asio::thread_pool workers{worker_threads};

    // the way of an event: bus -> journal -> follower -> hub -> loops
    bus::Bus bus{*journal};
    hub::Hub hub;
    Follower follower{hub};

    // sessions
    net::LiveSessions live_sessions{loops};
    net::ClassicCounters counters;
    net::SessionGuard guard{workers, *directory, live_sessions};

    // the door
    net::Services services;
    std::shared_ptr<net::Router> router = std::make_shared<net::Router>();
    std::shared_ptr<net::Listener> listener;
};

Node::Node(Config config, std::string jwt_secret)
    : config_(std::move(config)), jwt_secret_(std::move(jwt_secret)) {}

Node::~Node() {
    stop();
}

Result<void> Node::open() {
    auto directory = store::SqliteDirectory::open(config_.database);
    if (!directory) return directory.error();
    auto journal = store::SqliteJournal::open(config_.database, journal_options(config_.journal));
    if (!journal) return journal.error();
    parts_ =
        std::make_unique<Parts>(config_, jwt_secret_, std::move(*directory), std::move(*journal));
    parts_->journal->follow([parts = parts_.get()](bus::EntryBatchPtr batch) {
        parts->loops[0].post(
            [parts, batch = std::move(batch)] { parts->follower.on_entries(batch); });
    });
    auto& router = *parts_->router;
    add_page_routes(router);
    add_auth_routes(router, parts_->services);
    add_event_routes(router, parts_->services);
    add_websocket_routes(router, parts_->services, websocket_options(config_.websocket));
    add_status_routes(router, parts_->services);
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
    auto http = std::make_shared<net::HttpOptions>();
    http->body_bytes_max = config_.http.max_body_bytes;
    auto listener =
        net::Listener::open(parts_->loops, std::move(options), parts_->router, std::move(http));
    if (!listener) return listener.error();
    parts_->listener = std::move(*listener);
    parts_->loops.start();
    return {};
}

void Node::stop() {
    if (!parts_) return;
    if (parts_->listener) {
        parts_->listener->stop();
        parts_->loops.drain(seconds(config_.drain_timeout_s));
    }
    parts_->guard.stop();
    parts_->journal->close();
    parts_->workers.stop();
    parts_->workers.join();
    parts_->loops.stop();
    parts_.reset();
}

std::string Node::url() const {
    return parts_->listener->url();
}

net::Router& Node::router() {
    return *parts_->router;
}

bus::Bus& Node::bus() {
    return parts_->bus;
}

}  // namespace rotacast::app
