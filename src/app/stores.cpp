#include "app/stores.hpp"

#include "store/database_path.hpp"

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
    auto options = journal_options(config.journal);
    auto positions = positions_of_handlers(**deliveries);
    if (!positions) return positions.error();
    options.seen = std::move(*positions);
    auto roster = std::make_unique<projection::RosterProjection>();
    options.enricher = roster.get();
    auto journal = store::SqliteJournal::open(*database, std::move(options));
    if (!journal) return journal.error();
    auto webhooks = webhooks::SqliteWebhooks::open(*database);
    if (!webhooks) return webhooks.error();
    return Stores{std::move(*lock),
                  std::move(*directory),
                  std::move(*deliveries),
                  std::move(roster),
                  std::move(*journal),
                  std::move(*webhooks)};
}

}  // namespace rotacast::app
