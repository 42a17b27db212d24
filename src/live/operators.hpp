#pragma once

// What the routes for operators need: they inspect and change the bus, and shut the server down.

#include "bus/bus_admin.hpp"
#include "bus/journal.hpp"
#include "live/cluster_view.hpp"
#include "live/credential_check.hpp"
#include "live/shutdown_controller.hpp"
#include "net/loops.hpp"

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct Operators {
    CredentialCheck& credential_check;  ///< shows whether somebody is an operator
    bus::BusAdmin& bus_admin;
    bus::Journal& journal;  ///< whose epoch is in cursors of ranges to replay
    net::Loops& loops;
    ShutdownController& shutdown;
    LookAtCluster look_at_cluster;
};

}  // namespace rotacast::live
