#include "app/commands/table.hpp"
#include "app/node.hpp"
#include "app/signals.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
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
    const auto reloaded =
        secret ? node.reload(loaded->config, *secret) : Result<Reloaded>(secret.error());
    if (!reloaded) {
        log::error("the configuration was not reloaded: {}", reloaded.error().message);
        return;
    }
    auto applied = reloaded->settings.applied;
    if (reloaded->former_secret_until) applied.insert(applied.begin(), "the secret");
    log::info("the configuration was reloaded (changed: {}), and the keys with it",
              applied.empty() ? "nothing" : joined(applied));
    if (reloaded->former_secret_until)
        log::info(
            "the secret changed; the former one is accepted until {}, or until the secret changes "
            "once more",
            to_string(*reloaded->former_secret_until));
    const auto& waiting = reloaded->settings.waiting;
    if (!waiting.empty())
        log::warn("changed in the configuration, but read only at the start: {}; restart to apply",
                  joined(waiting));
}

Result<void> serve(const ConfigFlags& flags) {
    auto loaded = flags.load();
    if (!loaded) return loaded.error();
    auto secret = flags.secret(loaded->config);
    if (!secret) return secret.error();
    log::start(loaded->config.log_level);
    log::info("rotacast {} starts", version);
    for (const auto& warning : config::warnings_about(loaded->config)) log::warn("{}", warning);
    Signals signals;
    Node node(std::move(loaded->config), std::move(*secret));
    node.on_shutdown_requested([&signals] { signals.end(); });
    if (auto started = node.start(); !started) return started;
    std::printf("listening on %s\n", node.url().c_str());
    std::fflush(stdout);
    signals.wait_for_end([&] { reload(node, flags); });
    node.stop();
    log::info("stopped");
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
