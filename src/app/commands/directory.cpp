#include "app/commands/directory.hpp"

#include "store/sqlite_directory.hpp"

namespace rotacast::app {

Result<std::unique_ptr<store::SqliteDirectory>> open_directory(const config::Config& config) {
    auto directory = store::SqliteDirectory::open(config.database);
    if (!directory) {
        auto error = directory.error();
        error.message = "cannot use the database " + config.database + ": " + error.message;
        return error;
    }
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
