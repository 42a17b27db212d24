#pragma once

// The figures of one server, described once: the response of `GET /api/v1/stats`, its schema in the
// contract, the metrics of `GET /metrics` and their table derive from this description.

#include "base/histogram.hpp"
#include "reflect/describe.hpp"
#include "reflect/metric.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <type_traits>

namespace rotacast::live {

/// One figure for each label, such as a close code. In JSON each is a separate member,
/// `<name>_<label>`.
using CountByLabel = std::map<std::string, std::int64_t>;

using reflect::counter;
using reflect::durations;
using reflect::gauge;

struct PublishingFigures {
    CountByLabel publish_requests;
    std::int64_t events_published = 0;
    Durations append;
    std::int64_t journal_first = 0;
    std::int64_t journal_last = 0;
    std::int64_t journal_writable = 0;
    std::int64_t journal_ordered = 0;
    std::int64_t outbox_requests = 0;
    CountByLabel unseen;
};
DESCRIBE(
    PublishingFigures,
    "What is published, and the journal.",
    (publish_requests, "Requests to publish, by outcome: stored, refused.", counter("outcome")),
    (events_published, "Events that were stored.", counter()),
    (append, "Time from a request to publish until its events were durable.", durations()),
    (journal_first, "Now: the oldest entry that can be read.", gauge({}, "journal_first_entry")),
    (journal_last, "Now: the newest durable entry.", gauge({}, "journal_last_entry")),
    (journal_writable, "Now: 1 if events can be stored.", gauge()),
    (journal_ordered,
     "Now: 1 if stored events get their place in the order at once; 0: this node is cut off "
     "from Redis.",
     gauge()),
    (outbox_requests,
     "Now: requests that were stored while Redis was away and have no place in the order yet.",
     gauge()),
    (unseen,
     "Events that no client is sent, because a member is missing or no UUID, by the key that "
     "published them (`key:<name>`; `tokens`: by users).",
     counter("publisher", "unseen_events")))

struct HandlerFigures {
    CountByLabel dead_letters;
    CountByLabel handler_attempts;
    CountByLabel handler_failures;
    CountByLabel handler_busy_us;
    CountByLabel handler_longest_us;
    CountByLabel handler_entries_behind;
    CountByLabel handler_deliveries_waiting;
    CountByLabel handler_threads_lost;
};
DESCRIBE(HandlerFigures,
         "The handlers of the bus, and webhooks.",
         (dead_letters,
          "Now: deliveries whose attempts are used up, by handler; an operator has to decide.",
          gauge("handler")),
         (handler_attempts, "Attempts of handlers, by handler.", counter("handler")),
         (handler_failures,
          "Attempts that failed since the handler is known, by handler.",
          counter("handler")),
         (handler_busy_us, "Time that handlers ran, by handler.", counter("handler")),
         (handler_longest_us, "The longest attempt, by handler.", gauge("handler")),
         (handler_entries_behind,
          "Now: entries from a handler's position to the end of the journal, by handler.",
          gauge("handler")),
         (handler_deliveries_waiting,
          "Now: deliveries that wait for a retry or behind one, by handler.",
          gauge("handler")),
         (handler_threads_lost,
          "Now: threads of handlers that have not returned after their time-out, by handler.",
          gauge("handler")))

struct ProcessFigures {
    std::int64_t cpu_us = 0;
    std::int64_t resident_bytes = 0;
    std::int64_t running_us = 0;
};
DESCRIBE(ProcessFigures,
         "The process.",
         (cpu_us, "Processor time of the process.", counter({}, "process_cpu_us")),
         (resident_bytes, "Now: memory of the process.", gauge({}, "process_resident_bytes")),
         (running_us, "Now: time since the process started.", gauge({}, "process_running_us")))

/// A snapshot: plain values, independent of the server. Counts are since the process started,
/// unless the text says "now". The figures of its groups are figures like its own. In JSON,
/// Durations are `<name>_count` and `<name>_sum_us`.
struct ServerStatistics {
    std::int64_t connections = 0;
    std::int64_t users = 0;
    std::int64_t schedules_watched = 0;
    std::int64_t persons_watched = 0;
    std::int64_t subscriptions = 0;
    CountByLabel open;
    std::int64_t graphql_subscriptions = 0;
    std::int64_t deliveries = 0;
    Durations delivery;
    Durations connect;
    Durations loop_lag;
    std::int64_t entries_behind = 0;
    std::int64_t loop_catch_ups = 0;
    PublishingFigures publishing;
    std::int64_t refused_upgrades = 0;
    CountByLabel upgrades_refused;
    std::int64_t ended_sessions = 0;
    std::int64_t forbidden_subscriptions = 0;
    std::int64_t refused_subscriptions = 0;
    std::int64_t ignored_binary = 0;
    CountByLabel ignored;
    CountByLabel refused;
    CountByLabel resumes;
    CountByLabel gaps;
    std::int64_t deflated_messages = 0;
    std::int64_t sockets_opened = 0;
    std::int64_t sockets_closed = 0;
    std::int64_t frames_dropped = 0;
    CountByLabel closed;
    std::int64_t messages_received = 0;
    CountByLabel bytes_sent;
    std::int64_t bytes_received = 0;
    std::int64_t queued_bytes = 0;
    std::int64_t longest_queue_bytes = 0;
    std::int64_t queued_connections = 0;
    CountByLabel slow_consumers;
    std::int64_t streams_opened = 0;
    std::int64_t streams_closed = 0;
    std::int64_t stream_frames_dropped = 0;
    std::int64_t http_turned_away = 0;
    std::int64_t http_timeouts = 0;
    std::int64_t http_bodies_too_large = 0;
    std::int64_t http_headers_too_large = 0;
    std::int64_t http_malformed = 0;
    std::int64_t password_jobs_refused = 0;
    std::int64_t directory_jobs_refused = 0;
    HandlerFigures handlers;
    CountByLabel bridge;
    std::int64_t bridge_connections = 0;
    ProcessFigures process;
};
DESCRIBE(
    ServerStatistics,
    "Counters since the start of the process, and what is open now.",
    (connections,
     "Now: connections that receive the events of /ws, so none of GraphQL's.",
     gauge({}, "event_connections")),
    (users, "Now: users with such a connection.", gauge()),
    (schedules_watched, "Now: schedules that somebody watches.", gauge()),
    (persons_watched, "Now: persons that somebody watches.", gauge()),
    (subscriptions, "Now: subscriptions of connections to topics.", gauge()),
    (open, "Now: live connections by protocol.", gauge("protocol", "connections")),
    (graphql_subscriptions, "Now: GraphQL subscriptions to events.", gauge()),
    (deliveries, "Batches handed to a connection or a subscription.", counter()),
    (delivery,
     "Time from when the journal began to store an event until its recipients on a loop had "
     "been written to; counted once per recipient. What slow clients have not accepted by then "
     "waits in their queues.",
     durations()),
    (connect,
     "Time from the first byte of a request until its connection was a WebSocket or a stream.",
     durations()),
    (loop_lag, "How late event loops came to their timer, four times a second.", durations()),
    (entries_behind,
     "Now: entries that the slowest loop has not yet delivered.",
     gauge({}, "loop_entries_behind")),
    (loop_catch_ups, "Times that a loop fell behind and caught up from the journal.", counter()),
    (publishing, reflect::description_of<PublishingFigures>.text),
    (refused_upgrades, "Live connections refused, for whatever reason."),
    (upgrades_refused, "WebSockets refused, by the name of the error.", counter("error")),
    (ended_sessions, "Sessions that the server ended, for whatever reason.", counter()),
    (forbidden_subscriptions, "Classic subscriptions that the policy does not allow.", counter()),
    (refused_subscriptions, "Subscriptions beyond what one user may watch.", counter()),
    (ignored_binary, "Binary messages of classic clients.", counter()),
    (ignored,
     "Commands of classic clients that were ignored, by reason.",
     counter("reason", "ignored_commands")),
    (refused, "Errors given on any transport, by name.", counter("error", "errors_given")),
    (resumes,
     "Clients that were away and were brought up to date, by result: complete, or the reason "
     "why events were missing.",
     counter("result")),
    (gaps,
     "Gaps that clients were told because of the journal, by reason. What slow clients miss "
     "is counted as dropped frames.",
     counter("reason")),
    (deflated_messages, "Messages compressed, one for each message and dialect.", counter()),
    (sockets_opened, "WebSockets opened.", counter()),
    (sockets_closed, "WebSockets closed."),
    (frames_dropped,
     "Frames that slow WebSocket clients did not get.",
     counter({}, "socket_frames_dropped")),
    (closed,
     "WebSockets closed, by code; 1006: cut without a close frame.",
     counter("code", "sockets_closed")),
    (messages_received, "Messages of WebSocket clients.", counter()),
    (bytes_sent, "Bytes written to live connections, by transport.", counter("transport")),
    (bytes_received, "Bytes read from WebSockets.", counter()),
    (queued_bytes, "Now: bytes that wait in the send queues of slow clients.", gauge()),
    (longest_queue_bytes, "Now: bytes in the longest of these queues.", gauge()),
    (queued_connections, "Now: connections whose send queue is not empty.", gauge()),
    (slow_consumers,
     "Connections that were closed because their send queue was full, by transport.",
     counter("transport")),
    (streams_opened, "Streams of server-sent events opened.", counter()),
    (streams_closed, "Streams of server-sent events closed.", counter()),
    (stream_frames_dropped, "Frames that slow clients of such streams did not get.", counter()),
    (http_turned_away, "Connections refused with 503: too many of all kinds.", counter()),
    (http_timeouts, "Requests whose head or body did not come in time (408).", counter()),
    (http_bodies_too_large, "Requests whose body was too large (413).", counter()),
    (http_headers_too_large, "Requests whose head was too large (431).", counter()),
    (http_malformed, "Bytes that are no HTTP request (400).", counter()),
    (password_jobs_refused,
     "Logins refused because too many password checks were waiting.",
     counter()),
    (directory_jobs_refused,
     "Token and key checks refused because too many were waiting.",
     counter()),
    (handlers, reflect::description_of<HandlerFigures>.text),
    (bridge,
     "Messages of the original's Redis channels, by what became of them (docs/redis.md); "
     "disconnects: of the bridge's connections.",
     counter("outcome", "bridge_messages")),
    (bridge_connections, "Now: connections of the bridge that stand.", gauge()),
    (process, reflect::description_of<ProcessFigures>.text))

/// Calls `see(member, value)` for each figure of `group`, its description and its value, in the
/// order of the descriptions.
template <reflect::Described Group, class See>
void each_figure(const Group& group, See& see) {
    reflect::for_each_member<Group>([&](const auto& member) {
        const auto& value = group.*member.pointer;
        if constexpr (reflect::Described<std::decay_t<decltype(value)>>)
            each_figure(value, see);
        else
            see(member, value);
    });
}

/// One flat JSON object in the order of the description.
std::string to_json(const ServerStatistics& statistics);

/// JSON Schema of that object.
boost::json::object server_statistics_schema();

}  // namespace rotacast::live
