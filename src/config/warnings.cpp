#include "config/warnings.hpp"

#include "config/load.hpp"

#include <sys/stat.h>

namespace rotacast::config {
namespace {

using Warnings = std::vector<std::string>;

void warn_of_pings(const Config& config, Warnings& warnings) {
    const auto interval = config.websocket.ping_interval_s;
    if (interval > ping_interval_s_advised_max)
        warnings.push_back(
            "websocket.ping_interval_s is " + std::to_string(interval) +
            ": many proxies cut a connection that is silent for 50 or 60 seconds (HAProxy, nginx, "
            "lighttpd, Varnish); set it to " +
            std::to_string(ping_interval_s_advised_max) +
            " or less, unless clients connect directly or each proxy on the way waits longer");
}

void warn_of_lease(const Config& config, Warnings& warnings) {
    const auto needed = config.websocket.ping_interval_s + presence_lease_s_reserve;
    if (config.presence.lease_s < needed)
        warnings.push_back("presence.lease_s is " + std::to_string(config.presence.lease_s) +
                           ": clients that only listen go offline between two pings; set it to " +
                           std::to_string(needed) +
                           " or more, which is websocket.ping_interval_s and " +
                           std::to_string(presence_lease_s_reserve) + " seconds");
}

void warn_of_proxies(const Config& config, Warnings& warnings) {
    for (const auto& block : config.trusted_proxies)
        if (block.ends_with("/0"))
            warnings.push_back("trusted_proxies has " + block +
                               ": everybody may write whom a request comes from, and so evade "
                               "limits by address; list only your proxies");
}

void warn_of_mode(const std::string& key, const std::string& file, Warnings& warnings) {
    struct stat found {};
    if (file.empty() || ::stat(file.c_str(), &found) != 0) return;  // read later, with an error
    if ((found.st_mode & 077) != 0)
        warnings.push_back(key + ": other users of this machine can open " + file +
                           "; let it belong to the server's user, and `chmod 600 " + file + "`");
}

void warn_of_open_metrics(const Metrics& metrics, Warnings& warnings) {
    const auto address = parse_listen(metrics.listen);
    if (!address || !metrics.token_file.empty()) return;
    if (address->host == "localhost" || address->host == "::1" || address->host.starts_with("127."))
        return;
    warnings.push_back("metrics.listen is " + metrics.listen +
                       " and there is no metrics.token_file: whoever reaches that port reads the "
                       "figures");
}

}  // namespace

std::vector<std::string> warnings_about(const Config& config) {
    Warnings warnings;
    warn_of_pings(config, warnings);
    warn_of_lease(config, warnings);
    warn_of_proxies(config, warnings);
    warn_of_mode("jwt_secret_file", config.jwt_secret_file, warnings);
    warn_of_mode("tls.key_file", config.tls.key_file, warnings);
    warn_of_mode("metrics.token_file", config.metrics.token_file, warnings);
    warn_of_open_metrics(config.metrics, warnings);
    return warnings;
}

}  // namespace rotacast::config
