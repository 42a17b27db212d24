#include "app/commands/directory.hpp"
#include "app/commands/input.hpp"
#include "app/commands/table.hpp"
#include "app/node.hpp"
#include "app/options.hpp"
#include "app/embedded_files.hpp"
#include "app/signals.hpp"
#include "base/log.hpp"
#include "demo/accounts.hpp"
#include "demo/routes.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>

namespace rotacast::app {
namespace {

/// A fixed seed, so that the people are the same on every machine.
constexpr std::uint64_t programme_seed = 1;

constexpr std::string_view default_database = ".rotacast/demo.db";
constexpr std::string_view secret_file = "demo-jwt.secret";

struct DemoFlags {
    double events_per_minute = demo::Options{}.events_per_minute;
};

/// Two version 4 identifiers contain 244 random bits. Only the owner can read the file.
Result<std::string> make_secret(const std::filesystem::path& file) {
    const auto secret = to_string(Uuid::random()) + to_string(Uuid::random());
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool written =
        fd >= 0 && ::write(fd, secret.data(), secret.size()) == static_cast<ssize_t>(secret.size());
    if (fd >= 0) ::close(fd);
    if (!written)
        return Error{
            ErrorCode::unavailable, "cannot write " + file.string() + "; check the folder", ""};
    return secret;
}

Result<std::string> demo_secret(const ConfigFlags& flags, const Config& config) {
    if (auto given = flags.secret(config); given || !config.jwt_secret_file.empty()) return given;
    const auto file = std::filesystem::path(config.database).parent_path() / secret_file;
    return std::filesystem::exists(file) ? read_secret_line(file.string()) : make_secret(file);
}

/// Defaults of the demo: a data directory of its own, and settings that show all features.
Result<Config> demo_config(config::LoadedConfig loaded) {
    auto& config = loaded.config;
    if (!config.tls.certificate_file.empty())
        return Error{ErrorCode::config_invalid, "the demo speaks plain HTTP; leave tls out", "tls"};
    if (!loaded.sources.contains("database")) config.database = default_database;
    if (!loaded.sources.contains("graphql.graphiql")) config.graphql.graphiql = "on";
    if (!loaded.sources.contains("docs")) config.docs = "on";
    const auto folder = std::filesystem::absolute(config.database).parent_path();
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        return Error{ErrorCode::unavailable, "cannot make the folder " + folder.string(), ""};
    return std::move(config);
}

void print_welcome(const std::string& url, const demo::Access& access, const Config& config) {
    std::printf("listening on %s\n", url.c_str());
    for (const auto& login : access.logins)
        std::printf("  %-12s %s / %s\n",
                    std::string(auth::to_string(login.role)).c_str(),
                    login.username.c_str(),
                    login.password.c_str());
    if (config.graphql.graphiql == "on" && !graphiql_files().empty())
        std::printf("GraphQL to try out: %s/graphiql\n", url.c_str());
    if (config.docs == "on" && !docs_page_files().empty())
        std::printf("All endpoints and messages: %s/docs\n", url.c_str());
    std::printf("stop with Ctrl+C; everything is kept beside %s\n", config.database.c_str());
    std::fflush(stdout);
}

Result<demo::Access> make_accounts(const Config& config, const demo::Programme& programme) {
    auto directory = open_or_create_directory(config);
    if (!directory) return directory.error();
    return demo::prepare_accounts(**directory,
                                  **directory,
                                  programme,
                                  std::filesystem::absolute(config.database).parent_path());
}

Result<void> run_demo(const ConfigFlags& flags, const DemoFlags& demo_flags) {
    auto loaded = flags.load();
    if (!loaded) return loaded.error();
    const auto config = demo_config(std::move(*loaded));
    if (!config) return config.error();
    const auto secret = demo_secret(flags, *config);
    if (!secret) return secret.error();
    log::start(config->log_level);

    demo::World world{
        .programme = demo::make_programme(programme_seed, demo::academic_year_of(now())),
        .verifier = auth::TokenVerifier(*secret, token_rules(config->tokens))};
    std::unique_ptr<demo::Simulator> simulator;  // destroyed after the node, whose routes use it
    Signals signals;
    Node node(*config, *secret);
    node.on_shutdown_requested([&signals] { signals.end(); });
    if (auto opened = node.open(); !opened) return opened;
    const auto access = make_accounts(*config, world.programme);
    if (!access) return access.error();
    demo::add_routes(node.router(), world);
    if (auto started = node.start(); !started) return started;
    demo::Options options;
    options.events_per_minute = demo_flags.events_per_minute;
    simulator =
        std::make_unique<demo::Simulator>(node.url(), access->api_key, world.programme, options);
    world.simulator = simulator.get();
    simulator->start();
    print_welcome(node.url(), *access, *config);
    signals.wait_for_end([] {});
    simulator->stop();
    node.stop();
    return {};
}

}  // namespace

void declare_demo(CLI::App& app, Invocation& invocation) {
    const auto chosen = std::make_shared<DemoFlags>();
    app.add_option("--events-per-minute",
                   chosen->events_per_minute,
                   "Events that the simulation publishes per minute [30]")
        ->check(CLI::Range(0.0, demo::events_per_minute_max))
        ->type_name("NUMBER");
    const auto flags = ConfigFlags::add(app, invocation);
    on_chosen(app, invocation, [flags, chosen] { return run_demo(*flags, *chosen); });
}

}  // namespace rotacast::app
