#pragma once

// Result types of the root fields, except events. Resolvers fill them in; to_data() converts them
// to JSON data.

#include "graphql/vocabulary.hpp"

namespace rotacast::graphql {

/// Wire specification §4.2.
struct UserPresenceUpdate {
    Uuid user_id;
    std::string status;
    Timestamp last_seen;
    std::optional<std::string> active_page;
};
DESCRIBE(UserPresenceUpdate,
         "The presence of a user.",
         (user_id, "The user."),
         (status, "online, away or offline."),
         (last_seen, "When one of the user's connections was last heard from."),
         (active_page, "The page that the user has open."))

struct HeartbeatResponse {
    Timestamp timestamp;
    Timestamp server_time;
    std::string connection_id;
};
DESCRIBE(HeartbeatResponse,
         "A heartbeat of the server.",
         (timestamp, "When it was sent."),
         (server_time, "Equal to `timestamp`."),
         (connection_id, "Identifies the subscription."))

struct Viewer {
    Uuid user_id;
    std::string username;
    std::string role;
    std::optional<Uuid> person_id;
    Timestamp token_expires_at;
};
DESCRIBE(Viewer,
         "The authenticated user.",
         (user_id, "The user."),
         (username, "The user's name."),
         (role, "admin, coordinator, faculty, resident and the like."),
         (person_id, "The user's person id in the schedule."),
         (token_expires_at, "When the token expires."))

struct OpenConnections {
    std::string protocol;
    std::int64_t connections = 0;
};
DESCRIBE(OpenConnections,
         "Number of live connections of a protocol.",
         (protocol,
          "classic, rotacast_v1, event_stream, graphql_transport_ws, graphql_ws, graphql_stream."),
         (connections, "Open connections, whether they watch anything or not."))

struct ConnectionStatistics {
    std::int64_t total_connections = 0;
    std::int64_t unique_users = 0;
    std::int64_t schedules_watched = 0;
    std::int64_t persons_watched = 0;
    BigInt deliveries;
    BigInt refused_subscriptions;
    std::vector<OpenConnections> open;
    std::int64_t graphql_subscriptions = 0;
};
DESCRIBE(ConnectionStatistics,
         "Statistics of connections.",
         (total_connections,
          "Connections that receive events of /ws, by WebSocket or event stream."),
         (unique_users, "Users with at least one, or with a GraphQL subscription to events."),
         (schedules_watched, "Schedules that somebody watches."),
         (persons_watched, "Persons whom somebody watches."),
         (deliveries, "Batches handed to a connection or a subscription since the start."),
         (refused_subscriptions, "Subscriptions refused at a bound since the start."),
         (open, "All live connections, by protocol."),
         (graphql_subscriptions, "GraphQL event subscriptions, on all connections."))

struct BusSubscriber {
    std::string name;
    std::vector<std::string> types;
    std::string state;
    std::string paused_by;
    std::string reason;
    CursorText position;
    BigInt lag;
    BigInt done;
    BigInt failed_attempts;
    std::int64_t running = 0;
    std::int64_t waiting = 0;
    std::int64_t pending = 0;
    std::int64_t replaying = 0;
    std::int64_t dead = 0;
    std::int64_t discarded = 0;
    BigInt missed;
    std::string last_error;
    std::optional<Timestamp> failing_since;
    std::optional<Timestamp> oldest_waiting;
};
DESCRIBE(BusSubscriber,
         "Status of a subscriber.",
         (name, "Its name."),
         (types, "Event types that it subscribes to; empty means all."),
         (state, "active, paused, or gone: no handler in this process."),
         (paused_by, "The operator who paused it; empty if it paused itself."),
         (reason, "Why it is paused."),
         (position, "Everything up to here is done or is stored as waiting."),
         (lag, "Entries between its position and the journal's end."),
         (done, "Events handled."),
         (failed_attempts, "Attempts that failed."),
         (running, "Events being handled."),
         (waiting, "Events that wait for a retry."),
         (pending, "Events that wait behind one of these."),
         (replaying, "Dead letters that are being handled again."),
         (dead, "Dead letters."),
         (discarded, "Discarded dead letters."),
         (missed, "Entries that the journal had dropped before they were read."),
         (last_error, "Name of the last failure."),
         (failing_since, "Time of the first failure since the last success."),
         (oldest_waiting, "When the oldest waiting event was stored."))

struct BusStatistics {
    std::int64_t total_subscriptions = 0;
    json::object subscriptions_by_type;
    std::int64_t dead_letter_count = 0;
    std::vector<BusSubscriber> subscribers;
};
DESCRIBE(BusStatistics,
         "Statistics of the event bus.",
         (total_subscriptions, "A subscriber of two types counts twice."),
         (subscriptions_by_type, "Counts by event type; those of all types under `*`."),
         (dead_letter_count, "Dead letters."),
         (subscribers, "Each of them."))

/// Why part of a range of events is missing.
struct EventGap {
    std::optional<CursorText> from;
    std::optional<CursorText> to;
    std::string reason;
};
DESCRIBE(EventGap,
         "A range of events that is no longer available.",
         (from, "Start of the range, exclusive."),
         (to, "End of the range, inclusive."),
         (reason, "trimmed, or another epoch."))

struct EventPage {
    std::vector<LiveEvent> events;
    CursorText cursor;
    bool has_next_page = false;
    std::optional<EventGap> gap;
};
DESCRIBE(EventPage,
         "Events that you may see, in their order.",
         (events, "May be empty although there are more pages."),
         (cursor, "Pass it as `after` to get the next page."),
         (has_next_page, "Whether there was more when this was read."),
         (gap, "Events that are no longer available, if any."))

struct DeadLetterError {
    std::string name;
    std::string message;
};
DESCRIBE(DeadLetterError,
         "How a handler failed.",
         (name, "The error's name."),
         (message, "The error message."))

struct DeadLetter {
    RowId id;
    std::string subscriber;
    std::optional<Uuid> event_id;
    std::string event_type;
    CursorText cursor;
    DeadLetterError error;
    std::int64_t attempts = 0;
    std::optional<Timestamp> first_failure;
    std::optional<Timestamp> last_failure;
    DeadLetterState state;
    std::string reason;
    std::optional<json::value> event;
};
DESCRIBE(DeadLetter,
         "A delivery whose attempts all failed.",
         (id, "Its number."),
         (subscriber, "The subscriber."),
         (event_id, "The event's id."),
         (event_type, "The event's type."),
         (cursor, "The event's position in the journal."),
         (error, "The last failure."),
         (attempts, "Number of attempts."),
         (first_failure, "When it failed first."),
         (last_failure, "When it failed last."),
         (state, "Dead or discarded."),
         (reason, "Why it was discarded."),
         (event, "The event itself, in its JSON form."))

struct DeadLetterPage {
    std::vector<DeadLetter> dead_letters;
    std::optional<RowId> next;
};
DESCRIBE(DeadLetterPage,
         "Dead letters, newest first.",
         (dead_letters, "The letters."),
         (next, "`before` of the next page; null: this is the last."))

/// A row of the handler log.
struct Delivery {
    RowId id;
    std::string handler;
    std::optional<Uuid> event_id;
    std::string kind;
    std::string subject;
    std::string detail;
    Timestamp at;
};
DESCRIBE(Delivery,
         "A row of the handler log: what a handler wrote about an event.",
         (id, "Its number."),
         (handler, "The subscriber."),
         (event_id, "About which event."),
         (kind, "Kind of the row."),
         (subject, "What or whom it concerns."),
         (detail, "Details."),
         (at, "When."))

struct DeliveryPage {
    std::vector<Delivery> deliveries;
    std::optional<RowId> next;
};
DESCRIBE(DeliveryPage,
         "Deliveries, newest first.",
         (deliveries, "The deliveries."),
         (next, "`before` of the next page; null: this is the last."))

struct Replay {
    RowId id;
    std::string requested_by;
    Timestamp at;
    std::string selection;
    BigInt letters;
    BigInt done;
    BigInt failed;
    BigInt discarded;
    BigInt entries_unread;
    bool finished = false;
};
DESCRIBE(Replay,
         "A replay and its progress.",
         (id, "Its number."),
         (requested_by, "Who requested it."),
         (at, "When."),
         (selection, "The selection, in words."),
         (letters, "How many."),
         (done, "Handled."),
         (failed, "Dead letters again."),
         (discarded, "Discarded before they were handled."),
         (entries_unread, "For a range of the journal: entries that are still to be read."),
         (finished, "Whether it is finished."))

struct ReplayPage {
    std::vector<Replay> replays;
    std::optional<RowId> next;
};
DESCRIBE(ReplayPage,
         "Replays, newest first.",
         (replays, "The replays."),
         (next, "`before` of the next page; null: this is the last."))

struct PresenceRoster {
    std::vector<UserPresenceUpdate> people;
    bool complete = true;
};
DESCRIBE(PresenceRoster,
         "Who is online.",
         (people, "Ordered by user id."),
         (complete, "False if the list was cut."))

struct Published {
    Uuid event_id;
    CursorText cursor;
    bool duplicate = false;
    std::vector<std::string> ignored;
    std::vector<std::string> missing_for_screens;
};
DESCRIBE(Published,
         "The event is stored.",
         (event_id, "Its id."),
         (cursor, "Its position in the journal."),
         (duplicate, "Whether an earlier request stored it."),
         (ignored, "JSON pointers of unknown keys."),
         (missing_for_screens, "JSON pointers of members without which no client sees the event."))

struct Discarded {
    BigInt letters;
};
DESCRIBE(Discarded, "Result of discarding dead letters.", (letters, "How many."))

}  // namespace rotacast::graphql
