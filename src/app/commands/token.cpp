#include "app/commands/directory.hpp"
#include "app/commands/table.hpp"
#include "app/options.hpp"
#include "auth/jwt.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <cstdio>

namespace rotacast::app {
namespace {

constexpr std::int64_t ttl_s_max = 10 * 365 * config::day_s;

struct TokenOptions {
    std::string name;
    std::int64_t ttl_s = 0;  ///< 0: as configured
};

Result<void> print_token(const ConfigFlags& flags, const TokenOptions& options) {
    const auto loaded = flags.load();
    if (!loaded) return loaded.error();
    const auto secret = flags.secret(loaded->config);
    if (!secret) return secret.error();
    auto directory = open_directory(loaded->config);
    if (!directory) return directory.error();
    const auto user = require_user(**directory, options.name);
    if (!user) return user.error();
    if (!user->active)
        return Error{
            ErrorCode::user_inactive,
            options.name + " is deactivated; `rotacast user activate " + options.name + "` first",
            ""};
    const auto& ttl = loaded->config.tokens;
    const auth::TokenIssuer issuer(
        *secret,
        std::chrono::seconds(options.ttl_s != 0 ? options.ttl_s : ttl.access_ttl_s),
        std::chrono::seconds(ttl.refresh_ttl_s),
        token_parties(ttl));
    const auto issued = issuer.issue_access(*user, now());
    if (!issued) return issued.error();
    std::printf("%s\n", issued->token.c_str());
    return {};
}

}  // namespace

void declare_token(CLI::App& app, Invocation& invocation) {
    const auto options = std::make_shared<TokenOptions>();
    app.add_option("NAME", options->name, "The user")->required()->type_name("");
    app.add_option("--ttl", options->ttl_s, "Lifetime of the token; default tokens.access_ttl_s")
        ->check(CLI::Range(std::int64_t{1}, ttl_s_max))
        ->type_name("SECONDS");
    const auto flags = ConfigFlags::add(
        app,
        invocation,
        {"database", "jwt_secret_file", "tokens.access_ttl_s", "tokens.issuer", "tokens.audience"});
    on_chosen(app, invocation, [options, flags] { return print_token(*flags, *options); });
}

}  // namespace rotacast::app
