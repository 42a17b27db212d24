#pragma once

// Where the configuration comes from: flag before environment before TOML file before default.
// Names that nobody knows and values out of range are refused with what would be right; a refused
// value is repeated only where it cannot be a secret.

#include "base/error.hpp"
#include "config/settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::config {

/// What the process was given, before anybody looked at it.
struct ConfigInputs {
    std::optional<std::string> file;                         ///< of --config
    std::vector<std::pair<std::string, std::string>> flags;  ///< key (`tokens.access_ttl_s`), text
    std::map<std::string, std::string> environment;          ///< the ROTACAST_… variables alone
};

/// The ROTACAST_… variables of this process.
std::map<std::string, std::string> rotacast_environment();

struct LoadedConfig {
    Config config;
    std::map<std::string, std::string> sources;  ///< key -> `flag --x`, `file F`…; absent: default
};

/// Reads the TOML file and nothing else. Refuses with `config_invalid`; `path` names the culprit.
Result<LoadedConfig> load_config(const ConfigInputs& inputs);

/// The secret that signs tokens: the content of jwt_secret_file without the line end, or the
/// variable ROTACAST_JWT_SECRET. Refused below jwt_secret_bytes_min, and when there is none.
Result<std::string> load_jwt_secret(const Config& config,
                                    const std::map<std::string, std::string>& environment);

/// RFC 7518 §3.2: an HS256 key is at least as long as the hash.
inline constexpr std::size_t jwt_secret_bytes_min = 32;

/// `HOST:PORT`, `[V6]:PORT`; nullopt for anything else.
struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
};
std::optional<ListenAddress> parse_listen(std::string_view text);

}  // namespace rotacast::config
