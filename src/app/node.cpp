#include "app/node.hpp"

#include "app/access_watchers.hpp"
#include "app/authentication.hpp"
#include "app/door.hpp"
#include "app/event_path.hpp"
#include "app/reporter.hpp"
#include "app/sessions.hpp"
#include "app/stores.hpp"
#include "app/threads.hpp"
#include "base/log.hpp"
#include "bridge/bridge.hpp"
#include "cluster/presence_notes.hpp"
#include "cluster/topic_notes.hpp"
#include "store/fact_rows.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace rotacast::app {

using std::chrono::seconds;

// The stages are destroyed in reverse order, so each is declared before its users. Sessions on the
// loops may refer to anything until the loops' threads end, so Node::stop() stops the loops first.
struct Node::Parts {
    Parts(const Config& config,
          const std::string& jwt_secret,
          Stores opened,
          webhooks::WebhooksOptions webhooks_options)
        : stores(std::move(opened)),
          authentication(config, jwt_secret, stores),
          threads(config.loops),
          event_path(config, std::move(webhooks_options), stores, threads),
          sessions(config, stores, threads),
          reporter(stores, threads, event_path, sessions),
          access_watchers(config, stores, authentication, threads, sessions),
          door(config, stores, authentication, threads, event_path, sessions, reporter.reports) {
        if (!stores.peers) return;
        cluster::share_presence(*stores.peers, sessions.presence);
        cluster::share_topics(*stores.peers, event_path.hub);
    }

    /// Before the journal's tail is followed. Errors: `config_invalid`.
    Result<void> add_bridge(const config::Redis& config);

    Stores stores;
    Authentication authentication;
    Threads threads;
    EventPath event_path;
    Sessions sessions;
    Reporter reporter;
    AccessWatchers access_watchers;
    Door door;
    std::unique_ptr<rotacast::bridge::Bridge> bridge;  // nullptr: there is none
};

Result<void> Node::Parts::add_bridge(const config::Redis& config) {
    if (config.bridge == "off") return {};
    auto options = bridge_options(config);
    if (!options) return options.error();
    bridge = std::make_unique<rotacast::bridge::Bridge>(
        event_path.bus, *stores.journal, std::move(*options));
    door.status.bridge = [this] { return bridge->counts(); };
    return {};
}

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
    auto stores = Stores::open(config_);
    if (!stores) return stores.error();
    auto webhooks_rules = webhooks_options(config_.webhooks);
    if (!webhooks_rules) return webhooks_rules.error();
    parts_ = std::make_unique<Parts>(
        config_, jwt_secret_, std::move(*stores), std::move(*webhooks_rules));
    auto& event_path = parts_->event_path;
    if (auto added = parts_->add_bridge(config_.redis); !added) return added;
    event_path.follow(*parts_->stores.journal, [bridge = parts_->bridge.get()] {
        if (bridge) bridge->wake();
    });
    parts_->sessions.shutdown.on_requested(end_);
    if (config_.handlers.enabled == "on")
        if (auto added = event_path.handlers.add_to(event_path.bus); !added) return added;
    if (auto loaded = parts_->door.load_scrape_token(config_.metrics); !loaded) return loaded;
    parts_->door.add_routes(config_, event_path.webhooks);
    return {};
}

Result<void> Node::start() {
    if (!parts_)
        if (auto opened = open(); !opened) return opened;
    auto& parts = *parts_;
    auto& loops = parts.threads.loops;
    // Whom others have deactivated meanwhile must not get in.
    if (const auto& peers = parts.stores.peers) {
        peers->on_merged([&webhooks = parts.event_path.webhooks](const auto& facts) {
            if (std::ranges::any_of(
                    facts, [](const auto& fact) { return fact.kind == store::webhook_kind; }))
                (void)webhooks.pool().try_post([&webhooks](auto turn) {
                    if (turn == net::WorkerPool::Turn::run) webhooks.follow();
                });
        });
        peers->start();
        peers->wait_for_facts(seconds(2));
    }
    if (auto watching = parts.access_watchers.start(); !watching) return watching;
    if (auto open = parts.door.listen(config_, parts.threads); !open) return open;
    parts.event_path.dispatcher.start();
    if (parts.bridge) parts.bridge->start();
    if (const auto& duties = parts.stores.duties)
        duties->start(parts.event_path.dispatcher, parts.event_path.bus.subscribers());
    if (auto webhooks = parts.event_path.webhooks.start(); !webhooks) return webhooks;
    loops[0].post([&parts, &loop = loops[0]] {
        parts.sessions.tick_presence(loop);
        parts.reporter.tick();
    });
    loops.start();
    return {};
}

Result<Reloaded> Node::reload(const Config& config, const std::string& jwt_secret) {
    if (auto known = auth::parse_algorithms(config.tokens.algorithms); !known) return known.error();
    Reloaded reloaded{config::apply_reloadable(config_, config), std::nullopt};
    log::set_level(config_.log_level);
    auto& parts = *parts_;
    parts.sessions.rules.replace(rules_of(config_));
    parts.sessions.admission.set_limits(admission_limits(config_.limits));
    // Tokens signed with the former secret remain valid until they would have expired anyway.
    const auto overlap_end = now() + seconds(config_.tokens.refresh_ttl_s);
    if (parts.authentication.verifier.replace_secret(jwt_secret, overlap_end))
        reloaded.former_secret_until = overlap_end;
    parts.authentication.issuer.replace_secret(jwt_secret);
    parts.access_watchers.key_set.reload();
    parts.door.reload(config_.tls);
    if (const auto loaded = parts.door.load_scrape_token(config_.metrics); !loaded)
        log::error("{} The former token stays.", loaded.error().message);
    return reloaded;
}

void Node::stop() {
    if (!parts_) return;
    auto& [stores,
           authentication,
           threads,
           event_path,
           sessions,
           reporter,
           access_watchers,
           door,
           bridge] = *parts_;
    if (bridge) bridge->close();
    if (door.listener) {
        log::info("stopping: draining {} connections", threads.loops.connections());
        door.close();
        const auto window = sessions.shutdown.begin_anyway();
        event_path.show_everything_stored(threads.loops, *stores.journal);
        threads.loops.drain(
            window, seconds(config_.drain_timeout_s), [&pools = threads] { pools.close_pools(); });
    }
    threads.close_pools();
    access_watchers.stop();
    door.stop_watching();
    event_path.webhooks.close();
    const auto handlers_left = event_path.dispatcher.close();
    if (stores.duties) stores.duties->stop();
    stores.journal->close();
    // Requests that waited for the bus or the journal have been answered; end them before the
    // objects they refer to are destroyed.
    threads.loops.drain({}, {});
    threads.join_readers_and_watchers();
    if (stores.peers) stores.peers->stop();
    threads.loops.stop();
    if (handlers_left > 0) {
        log::warn("{} handlers have not come back; what they use stays", handlers_left);
        (void)parts_.release();  // their threads go on until the process ends
    }
    parts_.reset();
}

std::string Node::url() const {
    return parts_->door.listener->url();
}

http::Router& Node::router() {
    return *parts_->door.router;
}

bus::Bus& Node::bus() {
    return parts_->event_path.bus;
}

net::WorkerPool& Node::password_pool() {
    return parts_->threads.password_pool;
}

}  // namespace rotacast::app
