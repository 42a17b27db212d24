#include "embedded/modes.hpp"
#include "embedded/server.hpp"
#include "load/process_stats.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <thread>
#include <vector>

namespace rotacast::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int batch_events = 100;
constexpr std::size_t batches_in_flight = 8;
constexpr std::chrono::minutes patience{10};

using Counts = std::vector<std::atomic<int>>;

void publish_all(bus::Bus& bus, int events) {
    std::deque<std::future<Result<bus::Receipts>>> waiting;
    const auto take_one = [&] {
        const auto receipts = waiting.front().get();
        if (!receipts) throw std::runtime_error(receipts.error().message);
        waiting.pop_front();
    };
    for (int from = 0; from < events; from += batch_events) {
        std::vector<events::Event> batch;
        for (int i = from; i < std::min(from + batch_events, events); ++i)
            batch.emplace_back(event_number(i));
        if (waiting.size() == batches_in_flight) take_one();
        waiting.push_back(bus.publish_batch(std::move(batch)));
    }
    while (!waiting.empty()) take_one();
}

int slowest(const Counts& counts) {
    int least = counts.front();
    for (const auto& count : counts) least = std::min<int>(least, count);
    return least;
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

JsonObject flow(const std::string& folder, int events, int handlers) {
    Counts counts(static_cast<std::size_t>(handlers));
    BusServer server(folder);
    for (int i = 0; i < handlers; ++i)
        BusServer::require(server.bus().on("handler-" + std::to_string(i),
                                           [&count = counts[static_cast<std::size_t>(i)]](
                                               const events::ScheduleArchived&) { ++count; }));
    server.start();

    const auto begin = Clock::now();
    std::atomic<double> published_s = 0;
    std::string failure;
    std::jthread publisher([&] {
        try {
            publish_all(server.bus(), events);
        } catch (const std::exception& error) {
            failure = error.what();
        }
        published_s = seconds_since(begin);
    });
    std::map<int, std::uint64_t> rss;
    for (const int part : {10, 50, 100}) {
        const auto wanted = static_cast<int>(static_cast<std::int64_t>(events) * part / 100);
        while (slowest(counts) < wanted) {
            if (Clock::now() - begin > patience) throw std::runtime_error("it does not end");
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        rss[part] = resident_bytes(::getpid());
    }
    const auto done_s = seconds_since(begin);
    publisher.join();
    if (!failure.empty()) throw std::runtime_error(failure);

    JsonObject report;
    report.add("events", static_cast<std::uint64_t>(events))
        .add("handlers", static_cast<std::uint64_t>(handlers))
        .add("published_s", published_s.load())
        .add("done_s", done_s);
    for (const auto& [part, bytes] : rss) report.add("rss_bytes_" + std::to_string(part), bytes);
    const bool exact = std::ranges::all_of(counts, [&](const auto& n) { return n == events; });
    report.add("findings", exact ? "" : "a handler was given other than every event once");
    return report;
}

}  // namespace rotacast::bench
