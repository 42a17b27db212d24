#pragma once

// One file holds all of a node: users, revoked tokens, API keys, webhooks and the journal. PRAGMA
// user_version is its version; migrations run in order when it is opened for writing.

#include "store/sqlite.hpp"

namespace rotacast::store {

/// Opens the file; creates and migrates it as needed. `internal` if a newer version of this program
/// wrote it. Several processes may call it at once.
Result<Connection> open_database(const std::string& path, ConnectionOptions options = {});

/// Runs the migrations of a file of a lower version up to this one. Tests make old files with it.
Result<void> migrate(Connection& connection, std::int64_t up_to);

}  // namespace rotacast::store
