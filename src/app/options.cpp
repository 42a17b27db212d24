#include "app/options.hpp"

#include "base/version.hpp"
#include "net/address_blocks.hpp"
#include "net/address_policy.hpp"
#include "redis/target.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <boost/url/parse.hpp>

#include <chrono>

namespace rotacast::app {
namespace {

using std::chrono::seconds;

hub::SlowConsumerPolicy slow_policy(std::string_view name) {
    if (name == "drop_oldest") return hub::SlowConsumerPolicy::drop_oldest;
    if (name == "keep_latest") return hub::SlowConsumerPolicy::keep_latest;
    return hub::SlowConsumerPolicy::close;
}

http::ProxyHeaders proxy_headers(std::string_view name) {
    if (name == "forwarded") return http::ProxyHeaders::forwarded;
    if (name == "x_forwarded") return http::ProxyHeaders::x_forwarded;
    return http::ProxyHeaders::both;
}

}  // namespace

store::SqliteJournalOptions journal_options(const config::Journal& config) {
    store::SqliteJournalOptions options;
    options.connection.synchronous =
        config.synchronous == "NORMAL" ? store::Synchronous::normal : store::Synchronous::full;
    options.pending_requests_max = config.queue_entries;
    options.pending_bytes_max = static_cast<std::size_t>(config.queue_bytes);
    options.retention.age_max = std::chrono::hours(24) * config.retention_days;
    options.retention.bytes_max = static_cast<std::uint64_t>(config.retention_bytes);
    return options;
}

Result<cluster::RedisJournalOptions> redis_journal_options(const Config& config,
                                                           const std::string& database) {
    auto target = redis::target_of(config.redis);
    if (!target) return target.error();
    auto node = cluster::node_identifier(database);
    if (!node) return node.error();
    const auto journal = journal_options(config.journal);
    cluster::RedisJournalOptions options;
    options.order.ordering.node = std::move(*node);
    options.order.ordering.name = boost::asio::ip::host_name();
    options.order.ordering.version = version;
    options.order.ordering.settle = cluster::Milliseconds(config.redis.settle_ms);
    options.order.keys = cluster::KeyNames(config.redis.prefix);
    options.order.open = [connector = std::make_shared<redis::Connector>(
                              std::move(target->target))] { return connector->open(); };
    options.replica.connection = journal.connection;
    options.replica.retention = journal.retention;
    options.outbox.connection = journal.connection;
    return options;
}

Result<bridge::BridgeOptions> bridge_options(const config::Redis& config) {
    auto target = redis::target_of(config);
    if (!target) return target.error();
    bridge::BridgeOptions options;
    options.takes_in = config.bridge == "in" || config.bridge == "both";
    options.sends_out = config.bridge == "out" || config.bridge == "both";
    options.channels = bridge::Channels(config.bridge_channels, config.bridge_channel_prefix);
    options.target = std::move(target->target);
    options.keys = cluster::KeyNames(config.prefix);
    return options;
}

Result<cluster::PeersOptions> peers_options(const config::Redis& config) {
    auto target = redis::target_of(config);
    if (!target) return target.error();
    cluster::PeersOptions options;
    options.fact_keys = cluster::FactKeys(config.prefix);
    options.note_keys = cluster::NoteKeys(config.prefix);
    options.open = [connector = std::make_shared<redis::Connector>(std::move(target->target))] {
        return connector->open();
    };
    return options;
}

Result<cluster::SharedDutiesOptions> shared_duties_options(const config::Redis& config,
                                                           const std::string& database) {
    auto target = redis::target_of(config);
    if (!target) return target.error();
    auto node = cluster::node_identifier(database);
    if (!node) return node.error();
    cluster::SharedDutiesOptions options;
    options.node = std::move(*node);
    options.keys = cluster::DutyKeys(config.prefix);
    options.open = [connector = std::make_shared<redis::Connector>(std::move(target->target))] {
        return connector->open();
    };
    return options;
}

bus::DispatcherOptions dispatcher_options(const config::Bus& config) {
    bus::DispatcherOptions options;
    options.replays_per_second = static_cast<double>(config.replays_per_second);
    options.recent_entries_max = config.recent_entries;
    options.deliver_twice = config.deliver_twice == "on";
    const std::chrono::milliseconds age = std::chrono::hours(24) * config.retention_days;
    options.retention[bus::Kept::handler_log] = {age, config.ledger_rows};
    options.retention[bus::Kept::audit] = {age, config.audit_rows};
    options.retention[bus::Kept::finished_replays] = {age, config.audit_rows};
    options.retention[bus::Kept::discarded_letters] = {age, config.discarded_letters};
    return options;
}

Result<webhooks::WebhooksOptions> webhooks_options(const config::Webhooks& config) {
    auto allowed = net::AddressBlocks::parse(config.allow_addresses);
    if (!allowed)
        return Error{ErrorCode::config_invalid,
                     "webhooks.allow_addresses: " + allowed.error().message,
                     "webhooks.allow_addresses"};
    // CloudEvents 1.0 §3.1.1: a URI reference that is not empty.
    const auto& source = config.cloudevents_source;
    if (source.empty() || !boost::urls::parse_uri_reference(source))
        return Error{ErrorCode::config_invalid,
                     "webhooks.cloudevents_source: a URI reference such as /rotacast is expected.",
                     "webhooks.cloudevents_source"};
    webhooks::WebhooksOptions options;
    options.delivery.retry.attempts = static_cast<int>(config.retry_attempts);
    options.delivery.retry.first_wait = seconds(config.retry_first_s);
    options.delivery.retry.wait_max = seconds(config.retry_max_s);
    options.delivery.concurrency = config.parallel;
    options.delivery.pause_after = seconds(config.pause_after_s);
    options.delivery.probe_first = seconds(config.probe_first_s);
    options.delivery.probe_max = seconds(config.probe_max_s);
    options.delivery.source = source;
    options.sender.allows = [blocks = std::move(*allowed)](const net::asio::ip::address& address) {
        return net::is_public(address) || blocks.contains(address);
    };
    return options;
}

Result<http::TrustedProxies> trusted_proxies(const Config& config) {
    std::size_t place = 0;
    for (const auto& text : config.trusted_proxies) {
        ++place;
        if (const auto good = net::AddressBlocks::parse({text}); !good)
            return Error{
                ErrorCode::config_invalid,
                "trusted_proxies: block " + std::to_string(place) + ", " + good.error().message,
                "trusted_proxies"};
    }
    return http::TrustedProxies{net::AddressBlocks::parse(config.trusted_proxies).value(),
                                proxy_headers(config.proxy_headers)};
}

handlers::Options handlers_options(const config::Handlers& config) {
    return {config.program_directors, config.cache_keys == "on"};
}

hub::HubOptions hub_options(const Config& config,
                            const bus::Journal& journal,
                            hub::ReadJournal read) {
    hub::HubOptions options;
    options.read = std::move(read);
    options.topics_per_user_max = config.websocket.max_subscriptions;
    options.recent.publications_max = config.journal.tail_entries;
    const auto state = journal.state();
    options.position = state.last;
    options.epoch = state.epoch;
    return options;
}

std::shared_ptr<const net::WebSocketOptions> websocket_options(const config::Websocket& config) {
    auto options = std::make_shared<net::WebSocketOptions>();
    options->max_message_bytes = config.max_message_bytes;
    options->send_queue_bytes_max = config.send_queue_bytes;
    options->policy = slow_policy(config.slow_client);
    options->ping_interval = seconds(config.ping_interval_s);
    options->idle_timeout = seconds(config.idle_timeout_s);
    options->deflate = deflate_options(config.deflate);
    return options;
}

net::DeflateOptions deflate_options(const config::Deflate& config) {
    return {.enabled = config.enabled == "on",
            .window_bits = static_cast<std::uint8_t>(config.window_bits),
            .threshold_bytes = config.threshold_bytes};
}

presence::PresenceBoardOptions presence_options(const config::Presence& config) {
    presence::PresenceBoardOptions options;
    options.presence.grace = seconds(config.grace_s);
    options.presence.lease = seconds(config.lease_s);
    return options;
}

live::AdmissionLimits admission_limits(const config::Limits& config) {
    return {.connections_per_user = config.connections_per_user,
            .connections_per_address = config.connections_per_address,
            .upgrades = {static_cast<std::uint32_t>(config.upgrades_per_second),
                         static_cast<std::uint32_t>(config.upgrades_burst)}};
}

live::LiveRules::Rules rules_of(const Config& config) {
    live::LiveRules::Rules rules;
    rules.policy = auth::parse_policy(config.policy).value_or(auth::Policy::strict);
    rules.subscriptions_max = config.websocket.max_subscriptions;
    rules.message_bytes_max = config.websocket.max_message_bytes;
    rules.commands_per_second = config.limits.commands_per_second;
    rules.commands_burst = config.limits.commands_burst;
    rules.auth_timeout = seconds(config.websocket.auth_timeout_s);
    rules.ping_interval = seconds(config.websocket.ping_interval_s);
    return rules;
}

execution::Rules graphql_rules(const config::Graphql& config) {
    execution::Rules rules;
    rules.init_timeout = seconds(config.init_timeout_s);
    rules.operations_per_connection = config.operations_per_connection;
    rules.operations_per_user = config.operations_per_user;
    rules.introspection = config.introspection == "everybody" ? execution::Introspection::everybody
                          : config.introspection == "operators"
                              ? execution::Introspection::operators
                              : execution::Introspection::off;
    rules.limits.document_bytes_max = config.document_bytes_max;
    rules.limits.tokens_max = config.tokens_max;
    rules.limits.nesting_max = config.nesting_max;
    rules.limits.depth_max = config.depth_max;
    rules.limits.fields_max = config.fields_max;
    rules.limits.root_fields_max = config.root_fields_max;
    rules.limits.selections_max = config.selections_max;
    rules.limits.argument_bytes_max = config.argument_bytes_max;
    return rules;
}

auth::LoginLimiter::Options limiter_options(const config::Login& config) {
    auth::LoginLimiter::Options options;
    options.attempts_max = config.attempts;
    options.window = seconds(config.window_s);
    return options;
}

auth::LoginLimiter::Options address_limiter_options(const config::Login& config) {
    auth::LoginLimiter::Options options;
    options.attempts_max = config.attempts_per_address;
    options.window = seconds(config.window_s);
    options.keys_max = 10'000;
    return options;
}

auth::TokenParties token_parties(const config::Tokens& config) {
    return {config.issuer, config.audience};
}

auth::TokenRules token_rules(const config::Tokens& config) {
    return {auth::parse_algorithms(config.algorithms).value(),
            token_parties(config),
            seconds(config.leeway_s)};
}

net::TlsFiles tls_files(const config::Tls& config) {
    return {config.certificate_file, config.key_file};
}

http::KeySetSourceOptions key_set_options(const config::Tokens& config) {
    http::KeySetSourceOptions options;
    options.file = config.jwks_file;
    options.url = config.jwks_url;
    options.refresh = seconds(config.jwks_refresh_s);
    return options;
}

}  // namespace rotacast::app
