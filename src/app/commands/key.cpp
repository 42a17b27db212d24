#include "app/commands/directory.hpp"
#include "app/commands/table.hpp"

#include <CLI/App.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

using KeyAction = std::function<Result<void>(auth::ApiKeys&, const std::string& name)>;

Result<void> add_key(auth::ApiKeys& keys, const std::string& name) {
    const auto key = keys.add_api_key(name);
    if (!key && key.error().code == ErrorCode::conflict)
        return Error{ErrorCode::conflict,
                     "there is a key " + name + " already; revoke it first, or choose another name",
                     ""};
    if (!key) return key.error();
    std::printf("%s\n", key->c_str());
    return {};
}

Result<void> list_keys(auth::ApiKeys& keys, const std::string&) {
    const auto all = keys.list_api_keys();
    if (!all) return all.error();
    for (const auto& key : *all)
        std::printf("%-24s %s\n", key.name.c_str(), to_string(key.created_at).c_str());
    return {};
}

Result<void> revoke_key(auth::ApiKeys& keys, const std::string& name) {
    const auto revoked = keys.revoke_api_key(name);
    if (!revoked && revoked.error().code == ErrorCode::not_found)
        return Error{ErrorCode::not_found,
                     "there is no key " + name + "; `rotacast key list` names them",
                     ""};
    return revoked;
}

void declare_action(CLI::App& app, Invocation& invocation, bool named, KeyAction action) {
    const auto name = std::make_shared<std::string>();
    if (named) app.add_option("NAME", *name, "Name of the key")->required()->type_name("");
    const auto flags = ConfigFlags::add(app, invocation, {"database"});
    on_chosen(app, invocation, [name, flags, action = std::move(action)]() -> Result<void> {
        const auto loaded = flags->load();
        if (!loaded) return loaded.error();
        auto directory = open_directory(loaded->config);
        if (!directory) return directory.error();
        return action(**directory, *name);
    });
}

}  // namespace

void declare_key(CLI::App& app, Invocation& invocation) {
    app.require_subcommand(1);
    declare_action(*app.add_subcommand("add", "Create a key and print it; it is not shown again"),
                   invocation,
                   true,
                   add_key);
    declare_action(*app.add_subcommand("list", "List keys: name, creation time"),
                   invocation,
                   false,
                   list_keys);
    declare_action(*app.add_subcommand("revoke", "Revoke a key"), invocation, true, revoke_key);
}

}  // namespace rotacast::app
