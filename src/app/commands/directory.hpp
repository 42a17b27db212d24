#pragma once

// Access to users and API keys for commands. Works while a server runs.

#include "app/commands/command_line.hpp"
#include "store/sqlite_directory.hpp"

#include <memory>

namespace rotacast::app {

/// Opens the user directory of the configured database. `not_found` if the file does not exist: a
/// mistyped name must not become a new, empty database.
Result<std::unique_ptr<store::SqliteDirectory>> open_directory(const config::Config& config);

/// The same, but creates the file, and says so on standard error.
Result<std::unique_ptr<store::SqliteDirectory>> open_or_create_directory(
    const config::Config& config);

/// Finds a user by name. Error: `not_found`, with a message that says what to do.
Result<auth::User> require_user(auth::Users& users, const std::string& name);

}  // namespace rotacast::app
