#pragma once

// The figures of one server, described once: the response of `GET /api/v1/stats`, its schema in the
// contract, and all other displays derive from this description.

#include "reflect/describe.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace rotacast::live {

/// One figure for each label, such as a close code. In JSON each is a separate member,
/// `<name>_<label>`.
using CountByLabel = std::map<std::string, std::int64_t>;

/// A snapshot: plain values, independent of the server. Counts are since the process started,
/// unless the text says "now".
struct ServerStatistics {
    std::int64_t connections = 0;
    std::int64_t users = 0;
    std::int64_t schedules_watched = 0;
    std::int64_t persons_watched = 0;
    CountByLabel open;
    std::int64_t graphql_subscriptions = 0;
    std::int64_t deliveries = 0;
    std::int64_t entries_behind = 0;
    std::int64_t loop_catch_ups = 0;
    std::int64_t journal_first = 0;
    std::int64_t journal_last = 0;
    CountByLabel unseen;
    std::int64_t refused_upgrades = 0;
    std::int64_t ended_sessions = 0;
    std::int64_t forbidden_subscriptions = 0;
    std::int64_t refused_subscriptions = 0;
    std::int64_t ignored_binary = 0;
    CountByLabel ignored;
    CountByLabel refused;
    std::int64_t deflated_messages = 0;
    std::int64_t sockets_opened = 0;
    std::int64_t sockets_closed = 0;
    std::int64_t frames_dropped = 0;
    CountByLabel closed;
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
    CountByLabel bridge;
};
DESCRIBE(ServerStatistics,
         "Counters since the start of the process, and what is open now.",
         (connections, "Now: connections that receive the events of /ws, so none of GraphQL's."),
         (users, "Now: users with such a connection."),
         (schedules_watched, "Now: schedules that somebody watches."),
         (persons_watched, "Now: persons that somebody watches."),
         (open, "Now: live connections by protocol."),
         (graphql_subscriptions, "Now: GraphQL subscriptions to events."),
         (deliveries, "Batches handed to a connection or a subscription."),
         (entries_behind, "Now: entries that the slowest loop has not yet delivered."),
         (loop_catch_ups, "Times that a loop fell behind and caught up from the journal."),
         (journal_first, "Now: the oldest entry that can be read."),
         (journal_last, "Now: the newest durable entry."),
         (unseen,
          "Events that no client is sent, because a member is missing or no UUID, by the key that "
          "published them (`key:<name>`; `tokens`: by users)."),
         (refused_upgrades, "Live connections refused, for whatever reason."),
         (ended_sessions, "Sessions that the server ended, for whatever reason."),
         (forbidden_subscriptions, "Classic subscriptions that the policy does not allow."),
         (refused_subscriptions, "Subscriptions beyond what one user may watch."),
         (ignored_binary, "Binary messages of classic clients."),
         (ignored, "Commands of classic clients that were ignored, by reason."),
         (refused, "Errors given on any transport, by name."),
         (deflated_messages, "Messages compressed, one for each message and dialect."),
         (sockets_opened, "WebSockets opened."),
         (sockets_closed, "WebSockets closed."),
         (frames_dropped, "Frames that slow WebSocket clients did not get."),
         (closed, "WebSockets closed, by code; 1006: cut without a close frame."),
         (streams_opened, "Streams of server-sent events opened."),
         (streams_closed, "Streams of server-sent events closed."),
         (stream_frames_dropped, "Frames that slow clients of such streams did not get."),
         (http_turned_away, "Connections refused with 503: too many of all kinds."),
         (http_timeouts, "Requests whose head or body did not come in time (408)."),
         (http_bodies_too_large, "Requests whose body was too large (413)."),
         (http_headers_too_large, "Requests whose head was too large (431)."),
         (http_malformed, "Bytes that are no HTTP request (400)."),
         (password_jobs_refused, "Logins refused because too many password checks were waiting."),
         (directory_jobs_refused, "Token and key checks refused because too many were waiting."),
         (bridge,
          "Messages of the original's Redis channels, by what became of them (docs/redis.md); "
          "connections: now, how many of the bridge's stand."))

/// One flat JSON object in the order of the description.
std::string to_json(const ServerStatistics& statistics);

/// JSON Schema of that object.
boost::json::object server_statistics_schema();

}  // namespace rotacast::live
