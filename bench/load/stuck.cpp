#include <algorithm>
#include <optional>
#include <stdexcept>

#include "load/fleet.hpp"
#include "load/modes.hpp"
#include "load/process_stats.hpp"

namespace rotacast::bench {

namespace {

/// The stuck subscriber watches the common schedule and a second one of its own, to which enough is
/// published to fill the kernel's buffers and then the server's queue within the measurement. Both
/// schedules are published to in both runs, so that the runs differ only in the subscriber.
constexpr std::size_t tiny_buffer = 4096;
constexpr std::size_t own_event_bytes = 350;

std::unique_ptr<Subscriber> connect_stuck(const Options& options,
                                          const std::string& common,
                                          const std::string& own) {
    const std::string& token = options.tokens[options.subscribers % options.tokens.size()];
    const std::vector commands{subscribe_schedule(common), subscribe_schedule(own)};
    auto stuck = std::make_unique<Subscriber>(
        Connect{.port = options.port, .source = 200, .receive_buffer = tiny_buffer}, token);
    stuck->subscribe(commands.data(), commands.size());
    stuck->wait_until_subscribed();
    return stuck;
}

/// Finally reads what is left; returns true if the server had closed the connection.
bool drain(Subscriber& stuck) {
    std::string scratch(65536, '\0');
    const std::uint64_t until = now_ns() + 2'000'000'000;
    while (now_ns() < until) {
        if (stuck.receive(scratch).ended) return true;
    }
    return false;
}

class Timetable {
  public:
    explicit Timetable(std::size_t interval_ms) : interval_ns_(interval_ms * 1'000'000) {}
    [[nodiscard]] bool due() const { return now_ns() >= next_ns_; }
    [[nodiscard]] int wait_ms() const {
        const std::uint64_t now = now_ns();
        return now >= next_ns_ ? 0 : static_cast<int>((next_ns_ - now) / 1'000'000);
    }
    /// The time when the burst was due, so that delays caused by a late server count.
    std::uint64_t take() { return std::exchange(next_ns_, next_ns_ + interval_ns_); }

  private:
    std::uint64_t interval_ns_;
    std::uint64_t next_ns_ = now_ns();
};

/// Publishes at fixed times until the time is over; returns the server's maximum RSS.
std::uint64_t stream(const Options& options,
                     Fleet& fleet,
                     Publisher& publisher,
                     Publisher& own_publisher,
                     const std::string& request,
                     const std::string& own_request) {
    std::uint64_t highest = 0;
    Timetable timetable(options.interval_ms);
    const auto until = now_ns() + static_cast<std::uint64_t>(options.seconds * 1e9);
    while (now_ns() < until) {
        fleet.poll(timetable.wait_ms());
        if (!timetable.due() || publisher.busy() || own_publisher.busy()) continue;
        fleet.published(timetable.take());
        publisher.start(request);
        own_publisher.start(own_request);
        highest = std::max(highest, resident_bytes(options.server_pid));
    }
    fleet.wait_for_all(publisher);
    fleet.wait_for_answer(own_publisher);
    return std::max(highest, resident_bytes(options.server_pid));
}

}  // namespace

JsonObject run_stuck(const Options& options) {
    const std::string common = numbered_uuid('d', 1);
    const std::string own = numbered_uuid('e', 1);
    Fleet fleet(options, [&](std::size_t) { return std::vector{subscribe_schedule(common)}; });
    Publisher publisher(options.port);
    Publisher own_publisher(options.port);
    fleet.watch(publisher);
    fleet.watch(own_publisher);
    const std::size_t padding = find_padding(options, fleet, publisher, common);
    const std::size_t burst = options.bursts.front();
    const std::size_t own_burst = std::max<std::size_t>(1, options.stuck_bytes / own_event_bytes);

    std::unique_ptr<Subscriber> stuck;
    if (options.with_stuck) stuck = connect_stuck(options, common, own);
    fleet.begin(burst);
    const std::uint64_t rss_before = resident_bytes(options.server_pid);
    const std::uint64_t rss_highest = stream(options,
                                             fleet,
                                             publisher,
                                             own_publisher,
                                             publish_request(options, common, burst, padding),
                                             publish_request(options, own, own_burst, padding));
    const bool ended = stuck && drain(*stuck);
    return JsonObject()
        .add("mode", "stuck")
        .add("with_stuck", std::uint64_t{options.with_stuck})
        .add("subscribers", std::uint64_t{options.subscribers})
        .add("burst", std::uint64_t{burst})
        .add("deliveries", fleet.deliveries())
        .add("latency_p50_us", static_cast<double>(fleet.latency().quantile(0.50)) / 1000)
        .add("latency_p99_us", static_cast<double>(fleet.latency().quantile(0.99)) / 1000)
        .add("rss_before_bytes", rss_before)
        .add("rss_highest_bytes", rss_highest)
        .add("stuck_ended_by_server", std::uint64_t{ended})
        .add("stuck_close_code", std::uint64_t{stuck ? stuck->close_code() : 0});
}

}  // namespace rotacast::bench
