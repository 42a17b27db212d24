#pragma once

// Access to users and API keys for commands. Works while a server runs.

#include "app/commands/command_line.hpp"
#include "store/sqlite_directory.hpp"

#include <memory>

namespace rotacast::app {

/// Opens the user directory of the configured database; creates the file if it does not exist.
Result<std::unique_ptr<store::SqliteDirectory>> open_directory(const config::Config& config);

/// Finds a user by name. Error: `not_found`, with a message that says what to do.
Result<auth::User> require_user(auth::Users& users, const std::string& name);

}  // namespace rotacast::app
