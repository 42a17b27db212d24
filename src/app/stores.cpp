#include "app/stores.hpp"

#include "store/sqlite_journal.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::app {
namespace {

std::string bus_database(const Config& config) {
    return config.bus.database.empty() ? config.database + "-bus" : config.bus.database;
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
                                                   std::vector<bus::Cursor> seen,
                                                   bus::Enricher& enricher,
                                                   cluster::RedisJournal*& order) {
    if (config.redis.url.empty()) {
        auto options = journal_options(config.journal);
        options.seen = std::move(seen);
        options.enricher = &enricher;
        auto journal = store::SqliteJournal::open(config.database, std::move(options));
        if (!journal) return journal.error();
        return std::unique_ptr<bus::Journal>(std::move(*journal));
    }
    auto options = redis_journal_options(config);
    if (!options) return options.error();
    options->replica.seen = std::move(seen);
    options->replica.enricher = &enricher;
    auto journal = cluster::RedisJournal::open(config.database, std::move(*options));
    if (!journal) return journal.error();
    order = journal->get();
    return std::unique_ptr<bus::Journal>(std::move(*journal));
}

}  // namespace

Result<Stores> Stores::open(const Config& config) {
    auto directory = store::SqliteDirectory::open(config.database);
    if (!directory) return directory.error();
    auto deliveries = store::SqliteDeliveries::open(bus_database(config));
    if (!deliveries) return deliveries.error();
    auto positions = positions_of_handlers(**deliveries);
    if (!positions) return positions.error();
    auto roster = std::make_unique<projection::RosterProjection>();
    cluster::RedisJournal* order = nullptr;
    auto journal = open_journal(config, std::move(*positions), *roster, order);
    if (!journal) return journal.error();
    auto webhooks = webhooks::SqliteWebhooks::open(config.database);
    if (!webhooks) return webhooks.error();
    return Stores{std::move(*directory),
                  std::move(*deliveries),
                  std::move(roster),
                  std::move(*journal),
                  order,
                  std::move(*webhooks)};
}

}  // namespace rotacast::app
