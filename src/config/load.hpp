#pragma once

// Loads the configuration. A flag overrides the environment, which overrides the TOML file, which
// overrides the default. Unknown names and values out of range are rejected with a message that
// says what would be accepted; it repeats the rejected value only where that cannot be a secret.

#include "base/error.hpp"
#include "config/settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::config {

/// What the process was started with, not yet parsed.
struct ConfigInputs {
    std::optional<std::string> file;                         ///< from --config
    std::vector<std::pair<std::string, std::string>> flags;  ///< key (`tokens.access_ttl_s`), text
    std::map<std::string, std::string> environment;          ///< the ROTACAST_… variables only
};

/// The ROTACAST_… variables of this process's environment.
std::map<std::string, std::string> rotacast_environment();

struct LoadedConfig {
    Config config;
    std::map<std::string, std::string> sources;  ///< key -> `flag --x`, `file F`…; absent: default
};

/// Reads the TOML file and no other file. Error: `config_invalid`; its `path` names the setting.
Result<LoadedConfig> load_config(const ConfigInputs& inputs);

/// The secret that signs tokens: the content of jwt_secret_file without the line end, or the
/// variable ROTACAST_JWT_SECRET. An error if there is neither, or if it is shorter than
/// jwt_secret_bytes_min.
Result<std::string> load_jwt_secret(const Config& config,
                                    const std::map<std::string, std::string>& environment);

/// Whether there is a secret to be read, by the setting or the variable.
bool names_a_secret(const Config& config, const std::map<std::string, std::string>& environment);

/// Whether `inputs` name a configuration file, by flag or by variable.
bool names_a_file(const ConfigInputs& inputs);

/// RFC 7518 §3.2: an HS256 key must be at least as long as the hash.
inline constexpr std::size_t jwt_secret_bytes_min = 32;

/// `HOST:PORT` or `[V6]:PORT`; parsing gives nullopt for anything else.
struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
};
std::optional<ListenAddress> parse_listen(std::string_view text);

}  // namespace rotacast::config
