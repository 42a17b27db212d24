#include "load/fleet.hpp"
#include "load/modes.hpp"
#include "load/process_stats.hpp"
#include "load/selections.hpp"

#include <stdexcept>

namespace rotacast::bench {

namespace {

void publish_one_burst(Fleet& fleet, Publisher& publisher, const std::string& request) {
    fleet.published(now_ns());
    publisher.start(request);
    fleet.wait_for_all(publisher);
}

/// Lets the server finish its work after the last send, and lets surplus frames arrive.
void let_settle(Fleet& fleet) {
    const std::uint64_t until = now_ns() + 5'000'000;
    while (now_ns() < until) fleet.poll(1);
}

CpuTime cpu_of_broker(const Options& options) {
    return options.broker_pid == 0 ? CpuTime{} : cpu_time(options.broker_pid);
}

JsonObject threads_of(const CpuTime& cpu, double deliveries) {
    JsonObject threads;
    for (const auto& [name, ns] : cpu.by_thread) {
        threads.add(name, static_cast<double>(ns) / 1000 / deliveries);
    }
    return threads;
}

JsonObject measure(const Options& options,
                   Fleet& fleet,
                   Publisher& publisher,
                   const std::string& request,
                   std::size_t burst) {
    fleet.begin(burst);  // warms caches and socket windows
    for (std::size_t i = 0; i < options.warm_up; ++i) publish_one_burst(fleet, publisher, request);
    let_settle(fleet);

    fleet.begin(burst);
    const CpuTime cpu_before = cpu_of_nodes(options);
    const CpuTime broker_before = cpu_of_broker(options);
    const std::uint64_t began = now_ns();
    const auto limit_ns = static_cast<std::uint64_t>(options.seconds * 1e9);
    std::size_t repeats = 0;
    while (repeats == 0 || (repeats < options.repeats && now_ns() - began < limit_ns)) {
        publish_one_burst(fleet, publisher, request);
        ++repeats;
    }
    const std::uint64_t wall_ns = now_ns() - began;
    let_settle(fleet);
    const CpuTime cpu = cpu_of_nodes(options) - cpu_before;
    const CpuTime broker = cpu_of_broker(options) - broker_before;
    if (fleet.deliveries() != fleet.expected()) throw std::runtime_error("more than was published");

    const auto deliveries = static_cast<double>(fleet.deliveries());
    const auto events = static_cast<double>(repeats * burst);
    const std::uint64_t payload = fleet.payload_bytes() / fleet.deliveries();
    return JsonObject()
        .add("repeats", std::uint64_t{repeats})
        .add("deliveries", fleet.deliveries())
        .add("wall_s", static_cast<double>(wall_ns) / 1e9)
        .add("payload_bytes", payload)
        .add("frame_bytes", payload + (payload < 126 ? 2 : 4))
        .add("cpu_us_per_delivery", static_cast<double>(cpu.total()) / 1000 / deliveries)
        .add("cpu_us_per_delivery_by_thread", threads_of(cpu, deliveries))
        .add("broker_us_per_event", static_cast<double>(broker.total()) / 1000 / events)
        .add("latency_p50_us", static_cast<double>(fleet.latency().quantile(0.50)) / 1000)
        .add("latency_p99_us", static_cast<double>(fleet.latency().quantile(0.99)) / 1000);
}

const std::string& schedule() {
    static const std::string id = numbered_uuid('a', 1);
    return id;
}

JsonObject run(const Options& options, const char* mode, Fleet& fleet) {
    Publisher publisher(options.publish_port, options.tls);
    fleet.watch(publisher);
    const std::size_t padding =
        options.padding > 0 ? options.padding : find_padding(options, fleet, publisher, schedule());
    JsonObject bursts;
    for (const std::size_t burst : options.bursts) {
        const std::string request = publish_request(options, schedule(), burst, padding);
        bursts.add(std::to_string(burst), measure(options, fleet, publisher, request, burst));
    }
    return JsonObject()
        .add("mode", mode)
        .add("subscribers", std::uint64_t{options.subscribers})
        .add("padding", std::uint64_t{padding})
        .add("bursts", bursts);
}

}  // namespace

JsonObject run_fanout(const Options& options) {
    Fleet fleet(options, [](std::size_t) { return std::vector{subscribe_schedule(schedule())}; });
    return run(options, "fanout", fleet);
}

JsonObject run_graphql(const Options& options) {
    // Ids as npm `graphql-ws` generates them: different for each client.
    const auto subscribe = [&](std::size_t i) {
        const auto id = numbered_uuid('b', i);
        return std::vector{subscribe_message(id, schedule(), i % options.selections)};
    };
    Fleet fleet(options, subscribe, graphql_transport_ws());
    return run(options, "graphql", fleet);
}

}  // namespace rotacast::bench
