#pragma once

// What the routes that report the server's state read: readiness, and the figures of
// server_statistics.hpp.

#include "bus/bus.hpp"
#include "bus/bus_admin.hpp"
#include "live/cluster_view.hpp"
#include "live/credential_check.hpp"
#include "live/server_statistics.hpp"
#include "live/shutdown_controller.hpp"
#include "live/sources.hpp"
#include "live/supervision.hpp"
#include "live/unseen_events.hpp"
#include "net/loops.hpp"
#include "net/worker_pool.hpp"

#include <chrono>
#include <functional>

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct ServerStatus {
    net::Loops& loops;
    Sources& sources;
    Supervision& supervision;
    CredentialCheck& credential_check;  ///< statistics are for operators; its pool is reported, too
    net::WorkerPool& password_pool;
    const ShutdownController& shutdown;
    const UnseenEvents& unseen_events;
    const bus::Bus& bus;
    bus::BusAdmin& bus_admin;
    LookAtCluster look_at_cluster;
    /// Counts of the bridge to the original's channels. Thread: any. Empty: there is no bridge.
    std::function<CountByLabel()> bridge = {};
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

}  // namespace rotacast::live
