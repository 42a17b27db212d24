#include "app/commands/table.hpp"
#include "app/options.hpp"
#include "config/warnings.hpp"
#include "net/certificates.hpp"

#include <CLI/App.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

std::string toml_value(const config::Setting& setting, const Config& config) {
    auto copy = config;
    const auto slot = setting.slot(copy);
    if (const auto* const* list = std::get_if<std::vector<std::string>*>(&slot)) {
        std::string out = "[";
        for (const auto& text : **list) out += (out.size() > 1 ? ", '" : "'") + text + "'";
        return out + "]";
    }
    const auto text = config::value_text(setting, config);
    return std::holds_alternative<std::string*>(slot) ? "'" + text + "'" : text;
}

/// Prints the configuration as a TOML file that gives the same values, with the source of each
/// value as a comment.
void print(const config::LoadedConfig& loaded) {
    std::string table;
    for (const auto& setting : config::settings()) {
        const auto dot = setting.key.find('.');
        const auto group = dot == std::string::npos ? "" : setting.key.substr(0, dot);
        if (group != table) std::printf("\n[%s]\n", group.c_str());
        table = group;
        const auto name = dot == std::string::npos ? setting.key : setting.key.substr(dot + 1);
        const auto line = name + " = " + toml_value(setting, loaded.config);
        const auto source = loaded.sources.find(setting.key);
        std::printf("%-44s # %s\n",
                    line.c_str(),
                    source == loaded.sources.end() ? "default" : source->second.c_str());
    }
}

/// Without any source of a configuration the command only lists the defaults, and these have no
/// secret. Otherwise a server with this configuration would not start, and neither may this be
/// good.
Result<void> check_secret(const ConfigFlags& flags, const Config& config) {
    const auto secret = flags.secret(config);
    std::printf("\n# secret that signs tokens: %s\n",
                secret ? "present" : secret.error().message.c_str());
    if (secret || !(flags.has_file() || flags.names_secret(config))) return {};
    return secret.error();
}

Result<void> check_certificate(const config::Tls& config) {
    if (config.certificate_file.empty()) return {};
    const auto loaded = net::load_certificate(tls_files(config));
    if (!loaded) {
        std::printf("# certificate: %s\n", loaded.error().message.c_str());
        return loaded.error();
    }
    const auto time = now();
    std::printf("# certificate: %s, %s %s\n",
                loaded->about.c_str(),
                time < loaded->expires ? "expires" : "expired at",
                to_string(loaded->expires).c_str());
    net::ExpiryReminder reminder(loaded->not_before, loaded->expires);
    if (const auto words = reminder.due(time); !words.empty())
        std::fprintf(stderr, "warning: %s\n", words.c_str());
    return {};
}

}  // namespace

void declare_check_config(CLI::App& app, Invocation& invocation) {
    const auto flags = ConfigFlags::add(app, invocation);
    on_chosen(app, invocation, [flags]() -> Result<void> {
        const auto loaded = flags->load();
        if (!loaded) return loaded.error();
        const auto webhooks = webhooks_options(loaded->config.webhooks);
        if (!webhooks) return webhooks.error();
        const auto proxies = trusted_proxies(loaded->config);
        if (!proxies) return proxies.error();
        print(*loaded);
        const auto secret = check_secret(*flags, loaded->config);
        const auto certificate = check_certificate(loaded->config.tls);
        for (const auto& warning : config::warnings_about(loaded->config))
            std::fprintf(stderr, "warning: %s\n", warning.c_str());
        return secret ? certificate : secret;
    });
}

}  // namespace rotacast::app
