#include "app/commands/table.hpp"
#include "app/node.hpp"
#include "app/signals.hpp"
#include "base/log.hpp"
#include "config/warnings.hpp"

#include <CLI/App.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

std::string joined(const std::vector<std::string>& keys) {
    std::string out;
    for (const auto& key : keys) out += (out.empty() ? "" : ", ") + key;
    return out;
}

/// If the new configuration has an error, the server keeps the old one.
void reload(Node& node, const ConfigFlags& flags) {
    const auto loaded = flags.load();
    const auto secret = loaded ? flags.secret(loaded->config) : loaded.error();
    const auto changes =
        secret ? node.reload(loaded->config, *secret) : Result<config::Changes>(secret.error());
    if (!changes) {
        log::error("the configuration was not reloaded: {}", changes.error().message);
        return;
    }
    log::info("the configuration was reloaded (changed: {}), and the secret and keys with it",
              changes->applied.empty() ? "nothing" : joined(changes->applied));
    if (!changes->waiting.empty())
        log::warn("changed in the configuration, but read only at the start: {}; restart to apply",
                  joined(changes->waiting));
}

Result<void> serve(const ConfigFlags& flags) {
    auto loaded = flags.load();
    if (!loaded) return loaded.error();
    auto secret = flags.secret(loaded->config);
    if (!secret) return secret.error();
    log::start(loaded->config.log_level);
    for (const auto& warning : config::warnings_about(loaded->config)) log::warn("{}", warning);
    Signals signals;
    Node node(std::move(loaded->config), std::move(*secret));
    node.on_shutdown_requested([&signals] { signals.end(); });
    if (auto started = node.start(); !started) return started;
    std::printf("listening on %s\n", node.url().c_str());
    std::fflush(stdout);
    signals.wait_for_end([&] { reload(node, flags); });
    node.stop();
    return {};
}

}  // namespace

void declare_serve(CLI::App& app, Invocation& invocation) {
    const auto flags = ConfigFlags::add(app, invocation);
    app.footer(
        "Each flag is also a variable (--tokens-access-ttl-s is ROTACAST_TOKENS_ACCESS_TTL_S) and "
        "a\n"
        "TOML key (access_ttl_s in [tokens]). Flags win over variables, variables over the file.\n"
        "The secret may stand in the variable ROTACAST_JWT_SECRET instead of a file.");
    on_chosen(app, invocation, [flags] { return serve(*flags); });
}

}  // namespace rotacast::app
