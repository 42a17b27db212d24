#pragma once

// Counts what this node reports to the cluster.

#include "app/event_path.hpp"
#include "app/sessions.hpp"
#include "app/stores.hpp"
#include "app/threads.hpp"
#include "cluster/node_reports.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>

namespace rotacast::app {

/// Destroyed after the door, which reads the reports; and before the sessions and the path of an
/// event, which it asks.
struct Reporter {
    Reporter(Stores& stores, Threads& threads, EventPath& event_path, Sessions& sessions);

    /// Reports about once a second from now on. Thread: loop 0.
    void tick();

    cluster::NodeReports reports;

  private:
    void count_dead_letters();

    bus::BusAdmin& bus_admin_;
    const live::OpenConnections& connections_;
    net::asio::steady_timer timer_;
    std::atomic<std::int64_t> dead_letters_ = 0;  // as counted last
};

}  // namespace rotacast::app
