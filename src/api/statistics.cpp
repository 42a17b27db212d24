#include "api/statistics.hpp"

#include "net/deflate.hpp"
#include "net/offload.hpp"
#include "ws/command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace rotacast::api {
namespace {

std::int64_t figure(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

live::CountByLabel by_name(const live::Refusals& refusals) {
    live::CountByLabel counts;
    for (const auto& error : error_table())
        if (const auto count = refusals.of(error.code); count > 0)
            counts[std::string(error.name)] = figure(count);
    return counts;
}

void add_outgoing(live::ServerStatistics& to,
                  const char* transport,
                  const net::OutgoingStats& of_one_loop) {
    to.bytes_sent[transport] += figure(of_one_loop.bytes_out.value());
    to.slow_consumers[transport] += figure(of_one_loop.slow_consumers.value());
}

void add_sockets(live::ServerStatistics& to, const net::WebSocketStats& of_one_loop) {
    to.sockets_opened += figure(of_one_loop.opened.value());
    to.sockets_closed += figure(of_one_loop.closed.value());
    to.frames_dropped += figure(of_one_loop.frames_dropped.value());
    to.messages_received += figure(of_one_loop.messages_in.value());
    to.bytes_received += figure(of_one_loop.bytes_in.value());
    add_outgoing(to, "websocket", of_one_loop);
    const auto add = [&](const std::string& code, std::uint64_t count) {
        if (count > 0) to.closed[code] += figure(count);
    };
    const auto add_code = [&](std::size_t code, std::uint64_t count) {
        add(std::to_string(code), count);
    };
    of_one_loop.closed_by_code.each(add_code);
    of_one_loop.closed_by_own_code.each(add_code);
    of_one_loop.closed_by_own_lack.each(add_code);
    add("others", of_one_loop.closed_by_other_code.value());
}

void add_streams(live::ServerStatistics& to, const net::SseStats& of_one_loop) {
    to.streams_opened += figure(of_one_loop.opened.value());
    to.streams_closed += figure(of_one_loop.closed.value());
    to.stream_frames_dropped += figure(of_one_loop.frames_dropped.value());
    add_outgoing(to, "stream", of_one_loop);
}

void add_pools(live::ServerStatistics& to, const live::ServerStatus& status) {
    to.password_jobs_refused = figure(status.password_pool.refused());
    to.directory_jobs_refused = figure(status.credential_check.directory_pool.refused());
}

void add_http(live::ServerStatistics& to, const net::HttpStats& of_one_loop) {
    to.http_turned_away += figure(of_one_loop.turned_away.value());
    to.http_timeouts += figure(of_one_loop.timeouts.value());
    to.http_bodies_too_large += figure(of_one_loop.bodies_large.value());
    to.http_headers_too_large += figure(of_one_loop.headers_large.value());
    to.http_malformed += figure(of_one_loop.malformed.value());
    of_one_loop.connects.add_to(to.connect);
}

void add_queues(live::ServerStatistics& to, const net::QueueStats& of_one_loop) {
    to.queued_bytes += figure(of_one_loop.bytes.value());
    to.longest_queue_bytes =
        std::max(to.longest_queue_bytes, figure(of_one_loop.longest_bytes.value()));
    to.queued_connections += figure(of_one_loop.connections.value());
}

void add_connections(live::ServerStatistics& to,
                     const live::ServerStatus& status,
                     const hub::HubStats& stats) {
    to.connections = figure(stats.total_connections);
    to.users = figure(stats.unique_users);
    to.schedules_watched = figure(stats.schedules_watched);
    to.persons_watched = figure(stats.persons_watched);
    for (const auto protocol : live::all_protocols)
        to.open[std::string(to_string(protocol))] =
            figure(status.supervision.open_connections.of(protocol));
    to.graphql_subscriptions = figure(stats.graphql_subscriptions);
    to.subscriptions = figure(stats.subscriptions);
    to.deliveries = figure(stats.deliveries);
    to.delivery = status.sources.hub.latency();
    const auto feed = status.sources.hub.feed_stats();
    to.entries_behind = figure(feed.entries_behind);
    to.loop_catch_ups = figure(feed.catch_ups);
    to.refused_subscriptions = figure(stats.refused_subscriptions);
}

void add_classic(live::ServerStatistics& to, const live::ClassicCounters& counters) {
    to.upgrades_refused = by_name(counters.refused_upgrades);
    for (const auto& [error, count] : to.upgrades_refused) to.refused_upgrades += count;
    to.ended_sessions = figure(counters.ended_sessions);
    to.forbidden_subscriptions = figure(counters.forbidden_subscriptions);
    to.ignored_binary = figure(counters.binary_messages);
    for (std::size_t i = 0; i < counters.ignored_commands.size(); ++i)
        to.ignored[std::string(ws::to_string(static_cast<ws::Ignored>(i)))] =
            figure(counters.ignored_commands[i]);
}

void add_publishing(live::PublishingFigures& to, const bus::PublishFigures& figures) {
    to.publish_requests = {{"refused", figure(figures.requests_refused)},
                           {"stored", figure(figures.requests_stored)}};
    to.events_published = figure(figures.events);
    to.append = figures.append;
}

void add_journal(live::PublishingFigures& to, const live::ServerStatus& status) {
    const auto journal = status.sources.journal.state();
    to.journal_first = figure(journal.first);
    to.journal_last = figure(journal.last);
    to.journal_writable = journal.writable;
    to.journal_ordered = journal.ordered;
    to.outbox_requests = status.look_at_cluster().waiting;
}

void add_handler(live::HandlerFigures& to, const bus::SubscriberStatus& handler) {
    const auto& name = handler.name;
    to.dead_letters[name] = handler.dead;
    to.handler_attempts[name] = handler.attempts;
    to.handler_failures[name] = handler.failed_attempts;
    to.handler_busy_us[name] = handler.busy.count();
    to.handler_longest_us[name] = handler.longest.count();
    to.handler_entries_behind[name] = handler.lag;
    to.handler_deliveries_waiting[name] = handler.waiting + handler.pending;
    to.handler_threads_lost[name] = handler.threads_lost;
}

/// Of /proc/self/statm, whose second number is in pages. 0 where there is none.
std::int64_t resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::int64_t all = 0;
    std::int64_t resident = 0;
    in >> all >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

void add_process(live::ProcessFigures& to, std::chrono::steady_clock::time_point began) {
    using std::chrono::microseconds;
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto in_us = [](const timeval& time) {
        return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
    };
    to.cpu_us = in_us(used.ru_utime) + in_us(used.ru_stime);
    to.resident_bytes = resident_bytes();
    to.running_us =
        std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - began).count();
}

void add_loops(live::ServerStatistics& to, net::Loops& loops) {
    for (std::size_t i = 0; i < loops.size(); ++i) {
        const auto& loop = loops[i];
        add_sockets(to, loop.websocket_stats());
        add_streams(to, loop.sse_stats());
        add_http(to, loop.http_stats());
        add_queues(to, loop.queue_stats());
        loop.lag().add_to(to.loop_lag);
    }
}

void add_bridge(live::ServerStatistics& to, const live::ServerStatus& status) {
    if (!status.bridge) return;
    to.bridge = status.bridge();
    if (const auto connections = to.bridge.extract("connections"))
        to.bridge_connections = connections.mapped();
}

}  // namespace

net::asio::awaitable<live::ServerStatistics> collect_statistics(live::ServerStatus& status) {
    const auto stats = co_await net::resumed_by<hub::HubStats>(
        [&status](auto resume) { status.sources.hub.collect_stats(std::move(resume)); });
    using Handlers = Result<std::vector<bus::SubscriberStatus>>;
    const auto handlers = co_await net::resumed_by<Handlers>(
        [&status](auto resume) { status.bus_admin.subscribers(std::move(resume)); });
    live::ServerStatistics all;
    add_connections(all, status, stats);
    add_classic(all, status.supervision.counters);
    all.refused = by_name(status.supervision.refusals);
    all.resumes = status.sources.resumes.resumes();
    all.gaps = status.sources.resumes.gaps();
    add_pools(all, status);
    all.publishing.unseen = status.unseen_events.counts();
    add_publishing(all.publishing, status.bus.publish_figures());
    add_journal(all.publishing, status);
    add_bridge(all, status);
    all.deflated_messages = figure(net::deflated_messages());
    add_loops(all, status.loops);
    if (handlers)
        for (const auto& handler : *handlers) add_handler(all.handlers, handler);
    add_process(all.process, status.began);
    co_return all;
}

}  // namespace rotacast::api
