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
         "Somebody came, went, or turned to something else.",
         (user_id, "Who."),
         (status, "online, away or offline."),
         (last_seen, "When one of the person's connections was last heard from."),
         (active_page, "What the person looks at."))

struct HeartbeatResponse {
    Timestamp timestamp;
    Timestamp server_time;
    std::string connection_id;
};
DESCRIBE(HeartbeatResponse,
         "The server is there.",
         (timestamp, "When it was sent."),
         (server_time, "The same."),
         (connection_id, "Names the subscription."))

struct Viewer {
    Uuid user_id;
    std::string username;
    std::string role;
    std::optional<Uuid> person_id;
    Timestamp token_expires_at;
};
DESCRIBE(Viewer,
         "Who asks.",
         (user_id, "The user."),
         (username, "The user's name."),
         (role, "admin, coordinator, faculty, resident and the like."),
         (person_id, "The person in the schedule that the user is."),
         (token_expires_at, "When the token ends."))

struct OpenConnections {
    std::string protocol;
    std::int64_t connections = 0;
};
DESCRIBE(OpenConnections,
         "How many live connections speak a protocol.",
         (protocol,
          "classic, rotacast_v1, event_stream, graphql_transport_ws, graphql_ws, graphql_stream."),
         (connections, "Those that are open now, whether they watch anything or not."))

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
         "Who is connected to this server.",
         (total_connections, "Connections that events of /ws go to, by socket or stream."),
         (unique_users, "Users with at least one, or with a GraphQL subscription to events."),
         (schedules_watched, "Schedules that somebody watches."),
         (persons_watched, "Persons whom somebody watches."),
         (deliveries, "Events handed to connections since the start."),
         (refused_subscriptions, "Subscriptions refused at a bound since the start."),
         (open, "All live connections, by what they speak."),
         (graphql_subscriptions, "GraphQL subscriptions to events, on all connections."))

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
         "A handler of events, as the bus knows it.",
         (name, "Its name."),
         (types, "Event types that it asked for; none means all."),
         (state, "active, paused, or gone: no handler in this process."),
         (paused_by, "An operator; empty: by itself."),
         (reason, "Of the pause."),
         (position, "Up to here everything is done or waits."),
         (lag, "Entries between its position and the journal's end."),
         (done, "Events handled."),
         (failed_attempts, "Attempts that failed."),
         (running, "Events that it has now."),
         (waiting, "Events that wait for a retry."),
         (pending, "Events behind one that waits."),
         (replaying, "Dead letters that are being handled again."),
         (dead, "Dead letters."),
         (discarded, "Dead letters that were put away."),
         (missed, "Entries that the journal had dropped before they were read."),
         (last_error, "Name of the last failure."),
         (failing_since, "No success since this failure."),
         (oldest_waiting, "When the oldest waiting event was stored."))

struct BusStatistics {
    std::int64_t total_subscriptions = 0;
    json::object subscriptions_by_type;
    std::int64_t dead_letter_count = 0;
    std::vector<BusSubscriber> subscribers;
};
DESCRIBE(BusStatistics,
         "The event bus in numbers.",
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
         "A range that cannot be had any more.",
         (from, "Behind this place."),
         (to, "Up to this one."),
         (reason, "trimmed, or another epoch."))

struct EventPage {
    std::vector<LiveEvent> events;
    CursorText cursor;
    bool has_next_page = false;
    std::optional<EventGap> gap;
};
DESCRIBE(EventPage,
         "Events that you may see, in their order.",
         (events, "Perhaps none, though there are more pages."),
         (cursor, "Ask on behind this place."),
         (has_next_page, "Whether there was more when this was read."),
         (gap, "What was missed for good, if anything."))

struct DeadLetterError {
    std::string name;
    std::string message;
};
DESCRIBE(DeadLetterError,
         "How a handler failed.",
         (name, "The error's name."),
         (message, "What it said."))

struct DeadLetter {
    Key id;
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
         "An event that a handler was given in vain.",
         (id, "Its number."),
         (subscriber, "Who failed."),
         (event_id, "The event's id."),
         (event_type, "The event's type."),
         (cursor, "The event's place in the journal."),
         (error, "The last failure."),
         (attempts, "How often it was tried."),
         (first_failure, "When it failed first."),
         (last_failure, "When it failed last."),
         (state, "Given up, or put away since."),
         (reason, "Why it was put away."),
         (event, "The event itself, in its JSON form."))

struct DeadLetterPage {
    std::vector<DeadLetter> dead_letters;
    std::optional<Key> next;
};
DESCRIBE(DeadLetterPage,
         "Dead letters, newest first.",
         (dead_letters, "The letters."),
         (next, "`before` of the next page; null: this is the last."))

/// An entry of the bus' ledger of deliveries.
struct Delivery {
    Key id;
    std::string handler;
    std::optional<Uuid> event_id;
    std::string kind;
    std::string subject;
    std::string detail;
    Timestamp at;
};
DESCRIBE(Delivery,
         "What a handler left in the ledger about an event.",
         (id, "Its number."),
         (handler, "Who."),
         (event_id, "About which event."),
         (kind, "What was done."),
         (subject, "To whom or what."),
         (detail, "More of it."),
         (at, "When."))

struct DeliveryPage {
    std::vector<Delivery> deliveries;
    std::optional<Key> next;
};
DESCRIBE(DeliveryPage,
         "Deliveries, newest first.",
         (deliveries, "The deliveries."),
         (next, "`before` of the next page; null: this is the last."))

struct Replay {
    Key id;
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
         "A wish to have events handled again, and what became of it.",
         (id, "Its number."),
         (requested_by, "Whose wish."),
         (at, "When."),
         (selection, "Which ones, in words."),
         (letters, "How many."),
         (done, "Handled."),
         (failed, "Dead letters again."),
         (discarded, "Put away before they ran."),
         (entries_unread, "Of a range of the journal: entries still to be read."),
         (finished, "Whether it has come to its end."))

struct ReplayPage {
    std::vector<Replay> replays;
    std::optional<Key> next;
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
         "Who is there.",
         (people, "Ascending by user."),
         (complete, "Whether that is everybody."))

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
         (cursor, "Its place in the journal."),
         (duplicate, "It was stored by an earlier request."),
         (ignored, "JSON pointers of keys that nobody understood."),
         (missing_for_screens, "JSON pointers of members without which no screen is told."))

struct Discarded {
    BigInt letters;
};
DESCRIBE(Discarded, "Dead letters were put away.", (letters, "How many."))

}  // namespace rotacast::graphql
