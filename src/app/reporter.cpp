#include "app/reporter.hpp"

#include <chrono>
#include <utility>

namespace rotacast::app {

Reporter::Reporter(Stores& stores, Threads& threads, EventPath& event_path, Sessions& sessions)
    : reports(stores.order ? stores.order->node() : ""),
      bus_admin_(event_path.bus_admin),
      connections_(sessions.open_connections),
      timer_(threads.loops.executor(0)) {
    if (stores.peers) reports.share(*stores.peers);
}

void Reporter::tick() {
    count_dead_letters();
    cluster::NodeReport report;
    for (const auto protocol : live::all_protocols)
        report.connections += static_cast<std::int64_t>(connections_.of(protocol));
    report.dead_letters = dead_letters_;
    reports.report(report);
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) tick();
    });
}

// Answered on another thread, in time for the next report.
void Reporter::count_dead_letters() {
    bus_admin_.stats([this](const Result<bus::BusStats>& stats) {
        if (stats) dead_letters_ = stats->dead_letter_count;
    });
}

}  // namespace rotacast::app
