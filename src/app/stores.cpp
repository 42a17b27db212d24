#include "app/stores.hpp"

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

}  // namespace

Result<Stores> Stores::open(const Config& config) {
    auto directory = store::SqliteDirectory::open(config.database);
    if (!directory) return directory.error();
    auto deliveries = store::SqliteDeliveries::open(bus_database(config));
    if (!deliveries) return deliveries.error();
    auto options = journal_options(config.journal);
    auto positions = positions_of_handlers(**deliveries);
    if (!positions) return positions.error();
    options.seen = std::move(*positions);
    auto roster = std::make_unique<projection::RosterProjection>();
    options.enricher = roster.get();
    auto journal = store::SqliteJournal::open(config.database, std::move(options));
    if (!journal) return journal.error();
    auto webhooks = webhooks::SqliteWebhooks::open(config.database);
    if (!webhooks) return webhooks.error();
    return Stores{std::move(*directory),
                  std::move(*deliveries),
                  std::move(roster),
                  std::move(*journal),
                  std::move(*webhooks)};
}

}  // namespace rotacast::app
