#include "app/commands/directory.hpp"
#include "app/commands/input.hpp"
#include "app/commands/table.hpp"
#include "auth/password.hpp"

#include <CLI/App.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

/// All options of the `user` commands.
struct UserOptions {
    std::string name;
    std::string role;
    std::string password_file;
    std::string id;
    std::string person_id;
};

std::string check_role(const std::string& text) {
    if (auth::parse_role(text)) return {};
    std::string roles;
    for (const auto role : auth::all_roles)
        roles += (roles.empty() ? "" : ", ") + std::string(auth::to_string(role));
    return text + " is no role; there are " + roles;
}

Result<std::string> hash_of_file(const std::string& file, const Config& config) {
    const auto password = read_secret_line(file);
    if (!password) return password.error();
    return auth::Passwords(static_cast<int>(config.login.bcrypt_cost)).hash(*password);
}

Result<void> add(auth::Users& users, const Config& config, const UserOptions& options) {
    auto hashed = hash_of_file(options.password_file, config);
    if (!hashed) return hashed.error();
    auth::User user;
    user.id = options.id.empty() ? Uuid::random() : *Uuid::parse(options.id);
    user.username = options.name;
    user.role = *auth::parse_role(options.role);
    if (!options.person_id.empty()) user.person_id = Uuid::parse(options.person_id);
    user.hashed_password = std::move(*hashed);
    const auto added = users.add_user(user);
    if (!added && added.error().code == ErrorCode::conflict)
        return Error{ErrorCode::conflict,
                     "a user " + options.name +
                         " or with that id is there already; "
                         "`rotacast user list` names them",
                     ""};
    if (!added) return added.error();
    std::printf("%s\n", to_string(user.id).c_str());
    return {};
}

Result<void> list(auth::Users& users) {
    const auto all = users.list_users();
    if (!all) return all.error();
    for (const auto& user : *all) {
        const auto person = user.person_id ? to_string(*user.person_id) : "-";
        std::printf("%-24s %-14s %-8s %s %s\n",
                    user.username.c_str(),
                    std::string(auth::to_string(user.role)).c_str(),
                    user.active ? "active" : "inactive",
                    to_string(user.id).c_str(),
                    person.c_str());
    }
    return {};
}

using Action = std::function<Result<void>(auth::Users&, const Config&, const UserOptions&)>;

/// Declares a `user` command that loads the configuration, opens the directory and runs `action`.
std::shared_ptr<UserOptions> declare(CLI::App& app,
                                     Invocation& invocation,
                                     Action action,
                                     decltype(&open_directory) open = open_directory) {
    auto options = std::make_shared<UserOptions>();
    const auto flags = ConfigFlags::add(app, invocation, {"database", "login.bcrypt_cost"});
    on_chosen(
        app, invocation, [options, flags, open, action = std::move(action)]() -> Result<void> {
            const auto loaded = flags->load();
            if (!loaded) return loaded.error();
            auto directory = open(loaded->config);
            if (!directory) return directory.error();
            return action(**directory, loaded->config, *options);
        });
    return options;
}

/// Calls `change` with the user called NAME.
template <class F>
Action to_user(F change) {
    return
        [change](
            auth::Users& users, const Config& config, const UserOptions& options) -> Result<void> {
            const auto user = require_user(users, options.name);
            if (!user) return user.error();
            return change(users, config, options, user->id);
        };
}

void add_name(CLI::App& app, UserOptions& options) {
    app.add_option("NAME", options.name, "What the user logs in with")->required()->type_name("");
}

void add_password_file(CLI::App& app, UserOptions& options) {
    app.add_option(
           "--password-file", options.password_file, "File with the password; - is standard input")
        ->required()
        ->type_name("FILE");
}

void declare_add(CLI::App& app, Invocation& invocation) {
    const auto options = declare(app, invocation, add, open_or_create_directory);
    add_name(app, *options);
    app.add_option("--role", options->role, "admin, coordinator, faculty, resident, …")
        ->required()
        ->check(check_role)
        ->type_name("ROLE");
    add_password_file(app, *options);
    app.add_option("--id", options->id, "The user's id; random if absent")
        ->check(check_uuid)
        ->type_name("UUID");
    app.add_option("--person-id", options->person_id, "The user's person id in the schedule")
        ->check(check_uuid)
        ->type_name("UUID");
}

void declare_activity(CLI::App& app, Invocation& invocation, bool active) {
    const auto options = declare(
        app,
        invocation,
        to_user([active](auth::Users& users, const Config&, const UserOptions&, const Uuid& id) {
            return users.set_active(id, active);
        }));
    add_name(app, *options);
}

void declare_sign_out(CLI::App& app, Invocation& invocation) {
    const auto options =
        declare(app,
                invocation,
                to_user([](auth::Users& users, const Config&, const UserOptions&, const Uuid& id) {
                    return users.sign_out(id);
                }));
    add_name(app, *options);
}

void declare_role(CLI::App& app, Invocation& invocation) {
    const auto options = declare(
        app,
        invocation,
        to_user([](auth::Users& users, const Config&, const UserOptions& given, const Uuid& id) {
            return users.set_role(id, *auth::parse_role(given.role));
        }));
    add_name(app, *options);
    app.add_option("ROLE", options->role, "The new role")
        ->required()
        ->check(check_role)
        ->type_name("");
}

void declare_password(CLI::App& app, Invocation& invocation) {
    const auto options = declare(app,
                                 invocation,
                                 to_user([](auth::Users& users,
                                            const Config& config,
                                            const UserOptions& given,
                                            const Uuid& id) -> Result<void> {
                                     const auto hashed = hash_of_file(given.password_file, config);
                                     if (!hashed) return hashed.error();
                                     return users.set_password(id, *hashed);
                                 }));
    add_name(app, *options);
    add_password_file(app, *options);
}

}  // namespace

void declare_user(CLI::App& app, Invocation& invocation) {
    app.require_subcommand(1);
    declare_add(*app.add_subcommand("add", "Add a user; prints the id"), invocation);
    auto* listing = app.add_subcommand("list", "List users: name, role, state, id, person");
    declare(*listing, invocation, [](auth::Users& users, const Config&, const UserOptions&) {
        return list(users);
    });
    declare_activity(*app.add_subcommand("activate", "Activate a user"), invocation, true);
    declare_activity(
        *app.add_subcommand("deactivate", "Deactivate a user and end the user's sessions"),
        invocation,
        false);
    declare_sign_out(
        *app.add_subcommand("sign-out", "End a user's sessions; the user may log in again"),
        invocation);
    declare_role(*app.add_subcommand("role", "Change a user's role"), invocation);
    declare_password(
        *app.add_subcommand("password", "Change a user's password and end the user's sessions"),
        invocation);
}

}  // namespace rotacast::app
