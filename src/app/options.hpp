#pragma once

// Converts the configuration to the options of each part of the server.

#include "auth/jwt.hpp"
#include "auth/login_limiter.hpp"
#include "bridge/bridge.hpp"
#include "bus/dispatcher_options.hpp"
#include "bus/journal.hpp"
#include "cluster/peers.hpp"
#include "cluster/redis_journal.hpp"
#include "cluster/shared_duties.hpp"
#include "config/config.hpp"
#include "execution/rules.hpp"
#include "handlers/handlers.hpp"
#include "http/forwarded.hpp"
#include "http/key_set_source.hpp"
#include "hub/hub.hpp"
#include "live/admission.hpp"
#include "live/live_rules.hpp"
#include "net/tls.hpp"
#include "net/websocket_session.hpp"
#include "presence/presence_board.hpp"
#include "store/sqlite_journal.hpp"
#include "webhooks/webhooks.hpp"

#include <memory>

namespace rotacast::app {

using config::Config;

store::SqliteJournalOptions journal_options(const config::Journal& config);
/// Reads the files that the settings name. Errors: `config_invalid`.
Result<cluster::RedisJournalOptions> redis_journal_options(const Config& config,
                                                           const std::string& database);
/// Reads the files that the settings name. Errors: `config_invalid`.
Result<bridge::BridgeOptions> bridge_options(const config::Redis& config);
/// The same, for what nodes tell each other.
Result<cluster::PeersOptions> peers_options(const config::Redis& config);
/// The same, for how they divide the subscribers of the bus.
Result<cluster::SharedDutiesOptions> shared_duties_options(const config::Redis& config,
                                                           const std::string& database);
handlers::Options handlers_options(const config::Handlers& config);
bus::DispatcherOptions dispatcher_options(const config::Bus& config);
hub::HubOptions hub_options(const Config& config,
                            const bus::Journal& journal,
                            hub::ReadJournal read);
std::shared_ptr<const net::WebSocketOptions> websocket_options(const config::Websocket& config);
net::DeflateOptions deflate_options(const config::Deflate& config);
presence::PresenceBoardOptions presence_options(const config::Presence& config);
/// Errors: `config_invalid` for an invalid address.
Result<webhooks::WebhooksOptions> webhooks_options(const config::Webhooks& config);
/// Errors: `config_invalid`, which says which block is invalid.
Result<http::TrustedProxies> trusted_proxies(const Config& config);
live::AdmissionLimits admission_limits(const config::Limits& config);
live::LiveRules::Rules rules_of(const Config& config);
execution::Rules graphql_rules(const config::Graphql& config);
auth::LoginLimiter::Options limiter_options(const config::Login& config);
auth::LoginLimiter::Options address_limiter_options(const config::Login& config);
auth::TokenParties token_parties(const config::Tokens& config);
/// `config.algorithms` must have been validated before.
auth::TokenRules token_rules(const config::Tokens& config);
net::TlsFiles tls_files(const config::Tls& config);
http::KeySetSourceOptions key_set_options(const config::Tokens& config);

}  // namespace rotacast::app
