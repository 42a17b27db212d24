#include "app/stores.hpp"

#include "store/database_path.hpp"
#include "store/sqlite_journal.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::app {
namespace {

/// Ends of the names of files beside the database that the server must find again.
std::vector<std::string> siblings_of(const Config& config) {
    std::vector<std::string> ends{"-mark"};
    if (config.bus.database.empty()) ends.emplace_back("-bus");
    return ends;
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

/// Which journal, the settings decide.
Result<std::unique_ptr<bus::Journal>> open_journal(const Config& config,
                                                   const std::string& database,
                                                   std::vector<bus::Cursor> seen,
                                                   bus::Enricher& enricher,
                                                   cluster::RedisJournal*& order) {
    if (config.redis.url.empty()) {
        auto options = journal_options(config.journal);
        options.seen = std::move(seen);
        options.enricher = &enricher;
        auto journal = store::SqliteJournal::open(database, std::move(options));
        if (!journal) return journal.error();
        return std::unique_ptr<bus::Journal>(std::move(*journal));
    }
    auto options = redis_journal_options(config, database);
    if (!options) return options.error();
    options->replica.seen = std::move(seen);
    options->replica.enricher = &enricher;
    auto journal = cluster::RedisJournal::open(database, std::move(*options));
    if (!journal) return journal.error();
    order = journal->get();
    return std::unique_ptr<bus::Journal>(std::move(*journal));
}

Result<std::unique_ptr<cluster::Peers>> open_peers(const Config& config,
                                                   const std::string& database) {
    if (config.redis.url.empty()) return std::unique_ptr<cluster::Peers>();
    auto options = peers_options(config.redis);
    if (!options) return options.error();
    return cluster::Peers::open(database, std::move(*options));
}

Result<std::unique_ptr<cluster::SharedDuties>> open_duties(const Config& config,
                                                           const std::string& database,
                                                           store::SqliteDeliveries& deliveries) {
    if (config.redis.url.empty()) return std::unique_ptr<cluster::SharedDuties>();
    auto options = shared_duties_options(config.redis, database);
    if (!options) return options.error();
    return cluster::SharedDuties::open(deliveries, std::move(*options));
}

}  // namespace

Result<Stores> Stores::open(const Config& config) {
    auto database = store::resolve_database(config.database, siblings_of(config));
    if (!database) return database.error();
    auto lock = store::FileLock::take(*database, *database);
    if (!lock) return lock.error();
    auto directory = store::SqliteDirectory::open(*database);
    if (!directory) return directory.error();
    auto bus_database = config.bus.database.empty() ? Result<std::string>(*database + "-bus")
                                                    : store::resolve_database(config.bus.database);
    if (!bus_database) return bus_database.error();
    auto deliveries = store::SqliteDeliveries::open(*bus_database);
    if (!deliveries) return deliveries.error();
    auto positions = positions_of_handlers(**deliveries);
    if (!positions) return positions.error();
    auto roster = std::make_unique<projection::RosterProjection>();
    cluster::RedisJournal* order = nullptr;
    auto journal = open_journal(config, *database, std::move(*positions), *roster, order);
    if (!journal) return journal.error();
    auto webhooks = webhooks::SqliteWebhooks::open(*database);
    if (!webhooks) return webhooks.error();
    auto peers = open_peers(config, *database);
    if (!peers) return peers.error();
    auto duties = open_duties(config, *database, **deliveries);
    if (!duties) return duties.error();
    return Stores{std::move(*lock),
                  std::move(*directory),
                  std::move(*deliveries),
                  std::move(roster),
                  std::move(*journal),
                  order,
                  std::move(*webhooks),
                  std::move(*peers),
                  std::move(*duties)};
}

}  // namespace rotacast::app
