#pragma once

// One file holds everything of a node: users, revoked tokens, API keys, webhooks, the journal. Its
// version is PRAGMA user_version; migrations run in order when it is opened for writing.

#include "store/sqlite.hpp"

namespace rotacast::store {

/// Opens, creating and migrating as needed. `internal` when the file was written by a newer
/// version of this program; several processes may do this at once.
Result<Connection> open_database(const std::string& path, ConnectionOptions options = {});

}  // namespace rotacast::store
