#include "config/warnings.hpp"

namespace rotacast::config {

std::vector<std::string> warnings_about(const Config& config) {
    std::vector<std::string> warnings;
    if (const auto interval = config.websocket.ping_interval_s;
        interval > ping_interval_s_advised_max)
        warnings.push_back(
            "websocket.ping_interval_s is " + std::to_string(interval) +
            ": many proxies cut a connection that is silent for 50 or 60 seconds (HAProxy, nginx, "
            "lighttpd, Varnish); set it to " +
            std::to_string(ping_interval_s_advised_max) +
            " or less, unless clients connect directly or each proxy on the way waits longer");
    return warnings;
}

}  // namespace rotacast::config
