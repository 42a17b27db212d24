#include "app/commands/directory.hpp"
#include "app/commands/table.hpp"

#include <CLI/App.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

struct KeyFlags {
    std::string name;
    auth::ApiKeyOptions options;  ///< of a new key
};

using KeyAction = std::function<Result<void>(auth::ApiKeys&, const KeyFlags&)>;

Result<void> add_key(auth::ApiKeys& keys, const KeyFlags& flags) {
    const auto& name = flags.name;
    const auto key = keys.add_api_key(name, flags.options);
    if (!key && key.error().code == ErrorCode::conflict)
        return Error{ErrorCode::conflict,
                     "there is a key " + name + " already; revoke it first, or choose another name",
                     ""};
    if (!key) return key.error();
    std::printf("%s\n", key->c_str());
    return {};
}

Result<void> list_keys(auth::ApiKeys& keys, const KeyFlags&) {
    const auto all = keys.list_api_keys();
    if (!all) return all.error();
    for (const auto& key : *all)
        std::printf("%-24s %s%s\n",
                    key.name.c_str(),
                    to_string(key.created_at).c_str(),
                    key.options.strict ? " strict" : "");
    return {};
}

Result<void> revoke_key(auth::ApiKeys& keys, const KeyFlags& flags) {
    const auto& name = flags.name;
    auto revoked = keys.revoke_api_key(name);
    if (!revoked && revoked.error().code == ErrorCode::not_found)
        return Error{ErrorCode::not_found,
                     "there is no key " + name + "; `rotacast key list` names them",
                     ""};
    return revoked;
}

/// The flags are for `app`'s further options.
std::shared_ptr<KeyFlags> declare_action(CLI::App& app,
                                         Invocation& invocation,
                                         bool named,
                                         KeyAction action,
                                         decltype(&open_directory) open = open_directory) {
    auto flags = std::make_shared<KeyFlags>();
    if (named) app.add_option("NAME", flags->name, "Name of the key")->required()->type_name("");
    const auto config = ConfigFlags::add(app, invocation, {"database"});
    on_chosen(app, invocation, [flags, config, open, action = std::move(action)]() -> Result<void> {
        const auto loaded = config->load();
        if (!loaded) return loaded.error();
        auto directory = open(loaded->config);
        if (!directory) return directory.error();
        return action(**directory, *flags);
    });
    return flags;
}

}  // namespace

void declare_key(CLI::App& app, Invocation& invocation) {
    app.require_subcommand(1);
    auto& add = *app.add_subcommand("add", "Create a key and print it; it is not shown again");
    const auto flags = declare_action(add, invocation, true, add_key, open_or_create_directory);
    add.add_flag("--strict",
                 flags->options.strict,
                 "Refuse its events if a field would be ignored, or if no client would see them");
    declare_action(*app.add_subcommand("list", "List keys: name, creation time, `strict`"),
                   invocation,
                   false,
                   list_keys);
    declare_action(*app.add_subcommand("revoke", "Revoke a key"), invocation, true, revoke_key);
}

}  // namespace rotacast::app
