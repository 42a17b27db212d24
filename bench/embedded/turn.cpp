#include "embedded/modes.hpp"
#include "embedded/server.hpp"
#include "load/histogram.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

namespace rotacast::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int healthy_handlers = 9;

std::uint64_t ns_since(Clock::time_point begin) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count());
}

}  // namespace

// Latency counts from the time when the event was due, so a late start counts, too, as in the other
// measurements.
JsonObject turn(const std::string& folder, double seconds, double events_per_second, bool failing) {
    const auto events = static_cast<int>(seconds * events_per_second);
    const auto interval = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(1 / events_per_second));
    std::vector<Clock::time_point> due(static_cast<std::size_t>(events));
    Histogram handled;  // of one handler; used only by its thread
    std::atomic<int> seen = 0;
    std::atomic<int> failures = 0;

    BusServer server(folder);
    auto& bus = server.bus();
    BusServer::require(bus.on("witness", [&](const events::ScheduleArchived& event) {
        handled.add(ns_since(due[static_cast<std::size_t>(std::atoi(event.reason->c_str()))]));
        ++seen;
    }));
    for (int i = 1; i < healthy_handlers; ++i)
        BusServer::require(
            bus.on("healthy-" + std::to_string(i), [](const events::ScheduleArchived&) {}));
    BusServer::require(bus.on("failing", [&](const events::ScheduleArchived&) {
        if (!failing) return bus::Outcome::done();
        ++failures;
        return bus::Outcome::failed("Down", "It fails on purpose.");
    }));
    server.start();

    Histogram published;
    const auto begin = Clock::now() + std::chrono::milliseconds(500);
    for (int i = 0; i < events; ++i) {
        const auto at = begin + i * interval;
        due[static_cast<std::size_t>(i)] = at;
        std::this_thread::sleep_until(at);
        const auto receipt = bus.publish(event_number(i)).get();
        if (!receipt) throw std::runtime_error(receipt.error().message);
        published.add(ns_since(at));
    }
    const auto end = Clock::now() + std::chrono::seconds(30);
    while (seen < events && Clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));

    JsonObject report;
    report.add("events", static_cast<std::uint64_t>(events))
        .add("failed_attempts", static_cast<std::uint64_t>(failures.load()))
        .add("publish_p50_ms", published.quantile_ms(0.5))
        .add("publish_p99_ms", published.quantile_ms(0.99));
    if (seen < events) return report.add("findings", "another handler did not get every event");
    return report.add("handled_p50_ms", handled.quantile_ms(0.5))
        .add("handled_p99_ms", handled.quantile_ms(0.99))
        .add("findings", "");
}

}  // namespace rotacast::bench
