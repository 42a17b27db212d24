#include "app/commands/directory.hpp"
#include "app/commands/input.hpp"
#include "app/commands/table.hpp"
#include "app/demo_accounts.hpp"
#include "app/demo_simulator.hpp"
#include "app/end_signal.hpp"
#include "app/node.hpp"
#include "auth/access.hpp"
#include "auth/jwt.hpp"
#include "base/log.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>

namespace rotacast::app {
namespace {

/// The same people on every machine; another seed would be another programme.
constexpr std::uint64_t programme_seed = 1;

constexpr std::string_view default_database = ".rotacast/demo.db";
constexpr std::string_view secret_file = "demo-jwt.secret";

struct DemoFlags {
    double events_per_minute = DemoOptions{}.events_per_minute;
};

/// What the demo's own routes look at. The simulator comes when the address is known.
struct DemoWorld {
    DemoProgramme programme;
    std::string programme_json = to_json(programme);
    auth::TokenVerifier verifier;
    std::atomic<DemoSimulator*> simulator = nullptr;
};

/// Two version-4 identifiers hold 244 random bits; the file is made for its owner alone.
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

/// The demo keeps to a folder of its own unless told otherwise.
Result<Config> demo_config(LoadedConfig loaded) {
    auto& config = loaded.config;
    if (!config.tls.certificate_file.empty())
        return Error{ErrorCode::config_invalid, "the demo speaks plain HTTP; leave tls out", "tls"};
    if (!loaded.sources.contains("database")) config.database = default_database;
    const auto folder = std::filesystem::absolute(config.database).parent_path();
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        return Error{ErrorCode::unavailable, "cannot make the folder " + folder.string(), ""};
    return std::move(config);
}

/// 403 unless the bearer is one of the programme's coordinators or admins.
Result<void> require_operator(const DemoWorld& world, const net::RequestContext& context) {
    constexpr std::string_view scheme = "Bearer ";
    const auto header = context.header(net::http::field::authorization).value_or("");
    if (!header.starts_with(scheme)) return Error{ErrorCode::token_missing, "", ""};
    const auto claims =
        world.verifier.verify(header.substr(scheme.size()), auth::TokenType::access, now());
    if (!claims) return claims.error();
    for (const auto& person : world.programme.people)
        if (person.user_id == claims->subject && auth::may_operate(person.role)) return {};
    return Error{ErrorCode::forbidden, "", ""};
}

net::Response change_speed(const DemoWorld& world, const net::RequestContext& context) {
    if (const auto allowed = require_operator(world, context); !allowed)
        return net::error_response(allowed.error());
    const auto speed = parse_demo_speed(context.request.body());
    if (!speed) return net::error_response(speed.error());
    auto* simulator = world.simulator.load();
    if (!simulator) return net::error_response({ErrorCode::unavailable, "", ""});
    simulator->set_speed(*speed);
    return net::json_response(net::http::status::ok, demo_speed_json(*simulator));
}

net::Response tell_speed(const DemoWorld& world) {
    const auto* simulator = world.simulator.load();
    if (!simulator) return net::error_response({ErrorCode::unavailable, "", ""});
    return net::json_response(net::http::status::ok, demo_speed_json(*simulator));
}

net::asio::awaitable<net::Response> respond(net::Response response) {
    co_return response;
}

void add_demo_routes(net::Router& router, const DemoWorld& world) {
    using net::http::verb;
    router.add(verb::get, "/demo/programme.json", [&world](net::RequestContext&) {
        return respond(net::json_response(net::http::status::ok, world.programme_json));
    });
    router.add(verb::get, "/demo/speed", [&world](net::RequestContext&) {
        return respond(tell_speed(world));
    });
    router.add(verb::post, "/demo/speed", [&world](net::RequestContext& context) {
        return respond(change_speed(world, context));
    });
}

void print_welcome(const std::string& url, const DemoAccess& access, const Config& config) {
    std::printf("listening on %s\n", url.c_str());
    for (const auto& login : access.logins)
        std::printf("  %-12s %s / %s\n",
                    std::string(auth::to_string(login.role)).c_str(),
                    login.username.c_str(),
                    login.password.c_str());
    std::printf("stop with Ctrl+C; everything is kept beside %s\n", config.database.c_str());
    std::fflush(stdout);
}

Result<DemoAccess> make_accounts(const Config& config, const DemoProgramme& programme) {
    auto directory = open_directory(config);
    if (!directory) return directory.error();
    return prepare_demo(
        **directory, programme, std::filesystem::absolute(config.database).parent_path());
}

Result<void> run_demo(const ConfigFlags& flags, const DemoFlags& demo) {
    auto loaded = flags.load();
    if (!loaded) return loaded.error();
    const auto config = demo_config(std::move(*loaded));
    if (!config) return config.error();
    const auto secret = demo_secret(flags, *config);
    if (!secret) return secret.error();
    log::start(config->log_level);

    DemoWorld world{.programme = make_demo_programme(programme_seed, academic_year_of(now())),
                    .verifier = auth::TokenVerifier(*secret)};
    std::unique_ptr<DemoSimulator> simulator;  // outlives the node, whose routes look at it
    EndSignal end;
    Node node(*config, *secret);
    if (const auto opened = node.open(); !opened) return opened;
    const auto access = make_accounts(*config, world.programme);
    if (!access) return access.error();
    add_demo_routes(node.router(), world);
    if (const auto started = node.start(); !started) return started;
    DemoOptions options;
    options.events_per_minute = demo.events_per_minute;
    simulator =
        std::make_unique<DemoSimulator>(node.url(), access->api_key, world.programme, options);
    world.simulator = simulator.get();
    simulator->start();
    print_welcome(node.url(), *access, *config);
    end.wait();
    simulator->stop();
    node.stop();
    return {};
}

}  // namespace

void declare_demo(CLI::App& app, Invocation& invocation) {
    const auto demo = std::make_shared<DemoFlags>();
    app.add_option(
           "--events-per-minute", demo->events_per_minute, "How fast the programme lives [30]")
        ->check(CLI::Range(0.0, events_per_minute_max))
        ->type_name("NUMBER");
    const auto flags = ConfigFlags::add(app, invocation);
    on_chosen(app, invocation, [flags, demo] { return run_demo(*flags, *demo); });
}

}  // namespace rotacast::app
