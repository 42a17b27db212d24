#include "load/fleet.hpp"
#include "load/modes.hpp"
#include "load/process_stats.hpp"

#include <cstdint>

namespace rotacast::bench {

namespace {

/// Schedules that the connections share. Each also watches a person of its own, like a resident who
/// follows the programme and himself.
constexpr std::size_t schedules = 100;

/// Answers pings for a while, so that the server has finished its clean-up when memory is read.
void stay_connected(Fleet& fleet, std::uint64_t ns) {
    const std::uint64_t until = now_ns() + ns;
    while (now_ns() < until) fleet.poll(10);
}

/// Lets a peer with a garbage collector run it: garbage is not memory per connection.
void collect_garbage(const Options& options) {
    if (options.target != Target::peer) return;
    Publisher publisher(options.port, options.tls);
    publisher.start("POST /settle HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
    while (publisher.busy()) publisher.on_readable();
}

}  // namespace

JsonObject run_idle(const Options& options) {
    collect_garbage(options);
    const std::uint64_t before = resident_bytes_of_nodes(options);
    const std::uint64_t began = now_ns();
    Fleet fleet(options, [](std::size_t i) {
        return std::vector{subscribe_schedule(numbered_uuid('b', i % schedules)),
                           subscribe_person(numbered_uuid('c', i))};
    });
    const std::uint64_t connect_ns = now_ns() - began;
    stay_connected(fleet, static_cast<std::uint64_t>(options.seconds * 1e9));
    collect_garbage(options);
    const std::uint64_t after = resident_bytes_of_nodes(options);

    const double growth = static_cast<double>(after) - static_cast<double>(before);
    return JsonObject()
        .add("mode", "idle")
        .add("connections", std::uint64_t{options.subscribers})
        .add("ended", fleet.ended())
        .add("connect_s", static_cast<double>(connect_ns) / 1e9)
        .add("rss_before_bytes", before)
        .add("rss_after_bytes", after)
        .add("rss_bytes_per_connection", growth / static_cast<double>(options.subscribers));
}

}  // namespace rotacast::bench
