#include "config/load.hpp"

#include "base/nearest.hpp"
#include "base/web_origin.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace rotacast::config {
namespace {

constexpr std::string_view variable_prefix = "ROTACAST_";

/// Variables that belong to Rotacast but are not settings.
constexpr std::string_view secret_variable = "ROTACAST_JWT_SECRET";
constexpr std::string_view file_variable = "ROTACAST_CONFIG";

Error refusal(std::string message, std::string path) {
    return {ErrorCode::config_invalid, std::move(message), std::move(path)};
}

std::string did_you_mean(std::string_view wrong, const std::vector<std::string_view>& candidates) {
    const auto near = nearest(wrong, candidates);
    if (near.empty()) return "; `rotacast check-config` lists all";
    return "; did you mean " + std::string(near) + "?";
}

/// Kubernetes sets these in every container of a namespace that has a service called `rotacast`.
bool is_of_the_platform(std::string_view variable) {
    return variable.starts_with("ROTACAST_SERVICE_") || variable == "ROTACAST_PORT" ||
           variable.starts_with("ROTACAST_PORT_");
}

/// Merges the sources, lowest priority first, into one LoadedConfig. Keeps the first error.
class Loader {
  public:
    void take(const std::string& key, const RawValue& value, std::string source) {
        const auto* setting = find_setting(key);
        if (!setting || error_) return;
        const auto problem = assign(*setting, loaded_.config, value);
        if (problem.empty())
            loaded_.sources[key] = std::move(source);
        else
            error_ = refusal(key + " (" + source + ") " + problem, key);
    }

    void take_file(const std::string& file);
    void take_table(const toml::table& table, const std::string& path, const std::string& file);
    void take_environment(const std::map<std::string, std::string>& environment);

    Result<LoadedConfig> finish() {
        if (!error_) check_together();
        if (error_) return *error_;
        return std::move(loaded_);
    }

  private:
    void refuse(std::string message, std::string path) {
        if (!error_) error_ = refusal(std::move(message), std::move(path));
    }
    void check_together();
    void check_origins();

    LoadedConfig loaded_;
    std::optional<Error> error_;
};

std::optional<RawValue> raw_value(const toml::node& node) {
    if (const auto* text = node.as_string()) return RawValue{text->get()};
    if (const auto* number = node.as_integer()) return RawValue{number->get()};
    if (const auto* flag = node.as_boolean()) return RawValue{flag->get()};
    const auto* array = node.as_array();
    if (!array) return std::nullopt;
    std::vector<std::string> list;
    for (const auto& element : *array) {
        const auto* text = element.as_string();
        if (!text) return std::nullopt;
        list.push_back(text->get());
    }
    return RawValue{std::move(list)};
}

/// In TOML everything below a `[section]` belongs to it, also after an empty line.
std::string misplaced(const std::string& key, const std::string& section) {
    const auto name = key.substr(section.size());
    if (section.empty() || !find_setting(name)) return "";
    return "; " + name + " belongs above the first [section]";
}

/// `websocket`, `websocket.deflate` and so on.
std::set<std::string> table_names() {
    std::set<std::string> names;
    for (const auto& setting : settings())
        for (auto dot = setting.key.find('.'); dot != std::string::npos;
             dot = setting.key.find('.', dot + 1))
            names.insert(setting.key.substr(0, dot));
    return names;
}

void Loader::take_table(const toml::table& table,
                        const std::string& path,
                        const std::string& file) {
    static const auto tables = table_names();
    for (const auto& [name, node] : table) {
        const auto key = path + std::string(name.str());
        const auto place = file + " line " + std::to_string(node.source().begin.line);
        if (const auto* inner = node.as_table(); inner && tables.contains(key)) {
            take_table(*inner, key + ".", file);
            continue;
        }
        if (!find_setting(key)) {
            std::vector<std::string_view> known(tables.begin(), tables.end());
            for (const auto& setting : settings()) known.emplace_back(setting.key);
            auto hint = misplaced(key, path);
            if (hint.empty()) hint = did_you_mean(key, known);
            return refuse(fmt::format("unknown key {} ({}){}", key, place, hint), key);
        }
        // No setting has a TOML float, date or table as its value: rejected like a list.
        const auto value = raw_value(node);
        take(key, value.value_or(std::vector<std::string>{}), place);
        if (!value) refuse(fmt::format("{} ({}) is of the wrong type", key, place), key);
    }
}

void Loader::take_file(const std::string& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))  // would read as an empty file
        return refuse("the configuration file " + file + " is a directory; name a file in it",
                      file);
    std::ifstream in(file, std::ios::binary);
    if (!in) return refuse("cannot read the configuration file " + file, file);
    try {
        take_table(toml::parse(in, file), "", file);
    } catch (const toml::parse_error& error) {
        refuse(file + " line " + std::to_string(error.source().begin.line) + ": " +
                   std::string(error.description()),
               file);
    }
}

void Loader::take_environment(const std::map<std::string, std::string>& environment) {
    std::vector<std::string_view> known{secret_variable, file_variable};
    for (const auto& setting : settings()) known.emplace_back(setting.variable);
    for (const auto& [variable, value] : environment) {
        if (variable == secret_variable || variable == file_variable) continue;
        const auto found = std::ranges::find(settings(), variable, &Setting::variable);
        if (found != settings().end())
            take(found->key, value, "environment " + variable);
        else if (!is_of_the_platform(variable))
            refuse("unknown variable " + variable + did_you_mean(variable, known), variable);
    }
}

void Loader::check_origins() {
    std::size_t place = 0;
    for (const auto& origin : loaded_.config.allowed_origins) {
        ++place;
        if (const auto good = serialized_origin(origin); !good)
            refuse("allowed_origins: origin " + std::to_string(place) + " " + good.error().message,
                   "allowed_origins");
    }
}

void Loader::check_together() {
    const auto& config = loaded_.config;
    check_origins();
    if (!parse_listen(config.listen))
        refuse("listen must be HOST:PORT, such as 127.0.0.1:8080; it is " + config.listen,
               "listen");
    if (!config.metrics.listen.empty() && !parse_listen(config.metrics.listen))
        refuse("metrics.listen must be HOST:PORT, such as 127.0.0.1:9100; it is " +
                   config.metrics.listen,
               "metrics.listen");
    if (config.tls.certificate_file.empty() != config.tls.key_file.empty())
        refuse("tls needs both certificate_file and key_file, or neither", "tls");
    if (config.tokens.refresh_ttl_s < config.tokens.access_ttl_s)
        refuse("tokens.refresh_ttl_s must not be below tokens.access_ttl_s",
               "tokens.refresh_ttl_s");
    if (config.websocket.idle_timeout_s <= config.websocket.ping_interval_s)
        refuse(
            "websocket.idle_timeout_s must be above websocket.ping_interval_s, "
            "or every quiet client is taken for gone",
            "websocket.idle_timeout_s");
    const auto& tokens = config.tokens;
    const bool takes_public_keys = std::ranges::any_of(
        tokens.algorithms, [](const std::string& name) { return name != "HS256"; });
    const bool has_public_keys = !tokens.jwks_file.empty() || !tokens.jwks_url.empty();
    if (!tokens.jwks_file.empty() && !tokens.jwks_url.empty())
        refuse("tokens takes jwks_file or jwks_url, not both", "tokens.jwks_url");
    if (takes_public_keys != has_public_keys)
        refuse("tokens.algorithms RS256 and ES256 go together with tokens.jwks_file or jwks_url",
               "tokens.algorithms");
    if (config.database.empty()) refuse("database must name a file", "database");
    if (const auto wrong = check(config.redis)) refuse(wrong->message, wrong->path);
}

std::string without_line_end(std::string text) {
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return text;
}

}  // namespace

std::map<std::string, std::string> rotacast_environment() {
    std::map<std::string, std::string> out;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (text.starts_with(variable_prefix) && equals != std::string_view::npos)
            out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

namespace {

std::optional<std::string> file_of(const ConfigInputs& inputs) {
    const auto named = inputs.environment.find(std::string(file_variable));
    if (inputs.file || named == inputs.environment.end()) return inputs.file;
    return named->second;
}

}  // namespace

bool names_a_file(const ConfigInputs& inputs) {
    return file_of(inputs).has_value();
}

Result<LoadedConfig> load_config(const ConfigInputs& inputs) {
    Loader loader;
    if (const auto file = file_of(inputs)) loader.take_file(*file);
    loader.take_environment(inputs.environment);
    for (const auto& [key, text] : inputs.flags) {
        const auto* setting = find_setting(key);
        loader.take(key, text, "flag " + (setting ? setting->flag : key));
    }
    return loader.finish();
}

bool names_a_secret(const Config& config, const std::map<std::string, std::string>& environment) {
    const auto variable = environment.find(std::string(secret_variable));
    return !config.jwt_secret_file.empty() ||
           (variable != environment.end() && !variable->second.empty());
}

Result<std::string> load_jwt_secret(const Config& config,
                                    const std::map<std::string, std::string>& environment) {
    const auto variable = environment.find(std::string(secret_variable));
    const bool has_variable = variable != environment.end() && !variable->second.empty();
    if (config.jwt_secret_file.empty() && !has_variable)
        return refusal(
            "there is no secret to sign tokens with; make one with `(umask 077; openssl "
            "rand -hex 32 > jwt.secret)` and name it with --jwt-secret-file jwt.secret",
            "jwt_secret_file");
    if (!config.jwt_secret_file.empty() && has_variable)
        return refusal(
            "both jwt_secret_file and ROTACAST_JWT_SECRET give a secret; keep one of them",
            "jwt_secret_file");
    std::string secret;
    if (has_variable) {
        secret = variable->second;
    } else {
        std::ifstream in(config.jwt_secret_file, std::ios::binary);
        std::ostringstream content;
        if (!in || !(content << in.rdbuf()))
            return refusal("cannot read a secret from " + config.jwt_secret_file +
                               "; it is missing, empty or not readable",
                           "jwt_secret_file");
        secret = without_line_end(std::move(content).str());
    }
    if (secret.size() < jwt_secret_bytes_min)
        return refusal(
            "the secret that signs tokens is too short: at least 32 bytes, "
            "such as `openssl rand -hex 32` prints",
            "jwt_secret_file");
    return secret;
}

std::optional<ListenAddress> parse_listen(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    auto host = text.substr(0, colon);
    const auto port_text = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']') && host.size() > 2)
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return std::nullopt;
    std::uint16_t port = 0;
    const auto* end = port_text.data() + port_text.size();
    const auto [stop, error] = std::from_chars(port_text.data(), end, port);
    if (error != std::errc{} || stop != end || port_text.empty()) return std::nullopt;
    return ListenAddress{std::string(host), port};
}

}  // namespace rotacast::config
