#include "app/commands/command_line.hpp"

#include "base/nearest.hpp"
#include "base/version.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <cstdio>

namespace rotacast::app {
namespace {

constexpr int exit_good = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

void declare_all(CLI::App& root, Invocation& invocation) {
    root.require_subcommand(1);
    root.set_version_flag("--version", "rotacast " + std::string(version));
    root.get_formatter()->column_width(36);
    for (const auto& command : commands()) {
        auto* app = root.add_subcommand(std::string(command.name), std::string(command.text));
        command.declare(*app, invocation);
    }
}

/// The innermost command named on the command line.
const CLI::App& innermost(const CLI::App& app) {
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app : innermost(*chosen.front());
}

std::string full_name(const CLI::App& app) {
    if (!app.get_parent()) return app.get_name();
    return full_name(*app.get_parent()) + " " + app.get_name();
}

/// The known command or flag nearest to an unknown word.
std::string nearest_word(const CLI::App& app, const std::string& word) {
    std::vector<std::string> names;
    if (word.starts_with('-')) {
        for (const auto* option : app.get_options())
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    } else {
        for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
    }
    return std::string(nearest(word, {names.begin(), names.end()}));
}

int refuse_usage(const CLI::App& root, const CLI::ParseError& error) {
    const auto& app = innermost(root);
    auto message = std::string(error.what());
    if (const auto unknown = root.remaining(true); !unknown.empty()) {
        const auto word = unknown.front().substr(0, unknown.front().find('='));
        message = (word.starts_with('-') ? "unknown flag " : "unknown word ") + word;
        if (const auto near = nearest_word(app, word); !near.empty())
            message += "; did you mean " + near + "?";
    }
    const auto name = full_name(app);
    std::fprintf(
        stderr, "%s: %s\n`%s --help` tells more.\n", name.c_str(), message.c_str(), name.c_str());
    return exit_usage;
}

int print_error(const Invocation& invocation, const Error& error) {
    const std::string text(message_of(error));
    std::fprintf(stderr, "%s: %s\n", invocation.name.c_str(), text.c_str());
    return error.code == ErrorCode::config_invalid ? exit_usage : exit_failed;
}

std::string flag_type(const config::Setting& setting) {
    if (!setting.constraint.choices.empty()) return std::string(setting.constraint.choices);
    if (setting.unit == "seconds") return "SECONDS";
    if (setting.unit == "days") return "DAYS";
    if (setting.unit == "bytes") return "BYTES";
    if (setting.constraint.is_range()) return "NUMBER";
    if (setting.key == "listen") return "HOST:PORT";
    if (setting.key == "allowed_origins") return "ORIGIN,ORIGIN";
    if (setting.key == "trusted_proxies") return "BLOCK,BLOCK";
    if (setting.key == "webhooks.allow_addresses") return "BLOCK,BLOCK";
    if (setting.key == "handlers.program_directors") return "NAME,NAME";
    if (setting.key == "redis.bridge_channels") return "CHANNEL,CHANNEL";
    if (setting.key == "redis.bridge_channel_prefix") return "TEXT";
    if (setting.key == "tokens.jwks_url") return "URL";
    if (setting.key == "tokens.issuer" || setting.key == "tokens.audience") return "TEXT";
    return "FILE";
}

std::string flag_text(const config::Setting& setting) {
    auto text = setting.text;
    if (const auto value = config::value_text(setting, Config{}); !value.empty())
        text += " [" + value + "]";
    return text;
}

std::string heading_of(const config::Setting& setting) {
    const auto dot = setting.key.find('.');
    return dot == std::string::npos ? "Configuration" : "[" + setting.key.substr(0, dot) + "]";
}

}  // namespace

std::shared_ptr<ConfigFlags> ConfigFlags::add(CLI::App& app,
                                              const Invocation& invocation,
                                              const std::vector<std::string_view>& keys) {
    std::shared_ptr<ConfigFlags> flags(new ConfigFlags(invocation));
    app.add_option_function<std::string>(
           "--config",
           [flags](const std::string& file) { flags->inputs_.file = file; },
           "TOML file with configuration values")
        ->type_name("FILE")
        ->group("Configuration");
    for (const auto& setting : config::settings()) {
        if (!keys.empty() && std::ranges::find(keys, setting.key) == keys.end()) continue;
        app.add_option_function<std::string>(
               setting.flag,
               [flags, key = setting.key](const std::string& text) {
                   flags->inputs_.flags.emplace_back(key, text);
               },
               flag_text(setting))
            ->type_name(flag_type(setting))
            ->group(heading_of(setting));
    }
    return flags;
}

config::ConfigInputs ConfigFlags::inputs() const {
    auto inputs = inputs_;
    inputs.environment = invocation_.environment;
    return inputs;
}

Result<config::LoadedConfig> ConfigFlags::load() const {
    return config::load_config(inputs());
}

bool ConfigFlags::has_file() const {
    return config::names_a_file(inputs());
}

Result<std::string> ConfigFlags::secret(const Config& config) const {
    return config::load_jwt_secret(config, invocation_.environment);
}

bool ConfigFlags::names_secret(const Config& config) const {
    return config::names_a_secret(config, invocation_.environment);
}

void on_chosen(CLI::App& app, Invocation& invocation, std::function<Result<void>()> run) {
    app.callback([&app, &invocation, run = std::move(run)] {
        invocation.name = full_name(app);
        invocation.run = run;
    });
}

int run_command_line(int argc, const char* const* argv) {
    CLI::App root("A real-time server for residency schedules.", "rotacast");
    Invocation invocation{config::rotacast_environment(), "rotacast", {}};
    declare_all(root, invocation);
    try {
        root.parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help and --version
        return root.exit(wanted);
    } catch (const CLI::ParseError& error) {
        return refuse_usage(root, error);
    }
    const auto done = invocation.run();
    return done ? exit_good : print_error(invocation, done.error());
}

std::string help_of(std::string_view command) {
    CLI::App root("", "rotacast");
    Invocation invocation;
    declare_all(root, invocation);
    return root.get_subcommand(std::string(command))->help("rotacast");
}

}  // namespace rotacast::app
