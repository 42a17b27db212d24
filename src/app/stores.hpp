#pragma once

// What the server keeps on disk: opened before anything else, by one call.

#include "app/options.hpp"
#include "base/error.hpp"
#include "cluster/peers.hpp"
#include "cluster/redis_journal.hpp"
#include "cluster/shared_duties.hpp"
#include "projection/roster_projection.hpp"
#include "store/file_lock.hpp"
#include "store/sqlite_deliveries.hpp"
#include "store/sqlite_directory.hpp"

#include "webhooks/sqlite_webhooks.hpp"

#include <memory>

namespace rotacast::app {

/// Destroyed after everything else, because all that follows reads or writes here. Of its members
/// the journal is destroyed first: it fills the roster.
struct Stores {
    /// Errors: `unavailable` if a database cannot be opened or another process has it;
    /// `config_invalid` as store::resolve_database().
    static Result<Stores> open(const Config& config);

    store::FileLock lock;  // on the database's file: until all its connections are closed
    std::unique_ptr<store::SqliteDirectory> directory;
    std::unique_ptr<store::SqliteDeliveries> deliveries;  // nullptr once the dispatcher has it
    std::unique_ptr<projection::RosterProjection> roster;
    std::unique_ptr<bus::Journal> journal;
    cluster::RedisJournal* order = nullptr;              // the journal, if it is Redis'
    std::unique_ptr<webhooks::SqliteWebhooks> webhooks;  // nullptr once the webhooks have it
    // nullptr if this node is alone:
    std::unique_ptr<cluster::Peers> peers;
    std::unique_ptr<cluster::SharedDuties> duties;
};

}  // namespace rotacast::app
