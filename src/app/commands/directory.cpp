#include "app/commands/directory.hpp"

#include "store/sqlite_directory.hpp"

#include <cstdio>
#include <filesystem>

namespace rotacast::app {

namespace {

bool is_there(const config::Config& config) {
    std::error_code ignored;
    return std::filesystem::exists(config.database, ignored);
}

}  // namespace

Result<std::unique_ptr<store::SqliteDirectory>> open_directory(const config::Config& config) {
    if (!is_there(config))
        return Error{
            ErrorCode::not_found,
            "there is no database " + config.database + "; --database or --config names it",
            ""};
    return open_or_create_directory(config);
}

Result<std::unique_ptr<store::SqliteDirectory>> open_or_create_directory(
    const config::Config& config) {
    const bool is_new = !is_there(config);
    auto directory = store::SqliteDirectory::open(config.database);
    if (!directory) {
        auto error = directory.error();
        if (error.message.find(config.database) == std::string::npos)
            error.message = "cannot use the database " + config.database + ": " + error.message;
        return error;
    }
    if (is_new) std::fprintf(stderr, "created the new database %s\n", config.database.c_str());
    return std::move(*directory);
}

Result<auth::User> require_user(auth::Users& users, const std::string& name) {
    auto user = users.find_user_by_name(name);
    if (!user) return user.error();
    if (!*user)
        return Error{ErrorCode::not_found,
                     "there is no user " + name + "; `rotacast user list` names them",
                     ""};
    return std::move(**user);
}

}  // namespace rotacast::app
