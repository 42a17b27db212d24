#pragma once

#include "app/node.hpp"
#include "base/log.hpp"

#include <stdexcept>
#include <string>

namespace rotacast::bench {

/// A server with default settings (including synchronous=FULL) in a folder, without connections.
class BusServer {
  public:
    explicit BusServer(const std::string& folder) : node_(config_in(folder), std::string(32, 's')) {
        log::set_level("off");  // suppresses the line for each failure
        require(node_.open());
    }
    ~BusServer() { node_.stop(); }
    BusServer(const BusServer&) = delete;
    BusServer& operator=(const BusServer&) = delete;

    /// Call after the handlers were added.
    void start() { require(node_.start()); }
    bus::Bus& bus() { return node_.bus(); }

    static void require(const Result<void>& done) {
        if (!done) throw std::runtime_error(done.error().message);
    }

  private:
    static app::Config config_in(const std::string& folder) {
        app::Config config;
        config.listen = "127.0.0.1:0";
        config.database = folder + "/rotacast.db";
        config.drain_window_s = 0;
        config.handlers.enabled = "off";  // only the measurement's own handlers
        return config;
    }

    app::Node node_;
};

inline events::ScheduleArchived event_number(int number) {
    constexpr int schedules = 997;  // many, so that a retry holds up few other events
    return {"schedule-" + std::to_string(number % schedules),
            "somebody",
            std::to_string(number) + std::string(200, '.')};
}

}  // namespace rotacast::bench
