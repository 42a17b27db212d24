#pragma once

// Users and keys for commands that work beside a running server.

#include "app/commands/command_line.hpp"
#include "store/sqlite_directory.hpp"

#include <memory>

namespace rotacast::app {

/// The directory of the configured database; the file is made when missing.
Result<std::unique_ptr<store::SqliteDirectory>> open_directory(const config::Config& config);

/// `not_found` with what to do next.
Result<auth::User> require_user(auth::Users& users, const std::string& name);

}  // namespace rotacast::app
