#include "load/channel.hpp"
#include "load/findings.hpp"
#include "load/modes.hpp"
#include "load/process_stats.hpp"
#include "load/subscriber.hpp"

#include <stdexcept>

namespace rotacast::bench {

JsonObject run_handshakes(const Options& options) {
    const Connect how{.port = options.port, .tls = options.tls};
    const std::string none;
    const auto connect = [&](std::size_t i) {
        Subscriber subscriber(how, options.tokens[i % options.tokens.size()]);
        subscriber.subscribe(&none, 0);
        subscriber.wait_until_subscribed();
        return subscriber.resumed();
    };
    connect(0);
    const CpuTime before = cpu_of_nodes(options);
    const std::uint64_t began = now_ns();
    std::uint64_t resumed = 0;
    for (std::size_t i = 0; i < options.subscribers; ++i) resumed += connect(i) ? 1 : 0;
    const auto connections = static_cast<double>(options.subscribers);
    const auto wall_us = static_cast<double>(now_ns() - began) / 1000;
    const CpuTime cpu = cpu_of_nodes(options) - before;
    if (options.tls == Tls::resumed && resumed == 0)
        throw std::runtime_error("the server resumed no session");
    return JsonObject()
        .add("mode", "handshakes")
        .add("connections", std::uint64_t{options.subscribers})
        .add("resumed", resumed)
        .add("wall_us_per_connection", wall_us / connections)
        .add("cpu_us_per_connection", static_cast<double>(cpu.total()) / 1000 / connections);
}

}  // namespace rotacast::bench
