#pragma once

// Arguments of the root fields. RootField::arguments is read into these with reflect::decode.
// Optional members may be missing; the initializer of a `defaulted` one is its default in the
// schema. Filters follow the wire specification, §4.2 and §4.7.

#include "graphql/vocabulary.hpp"

namespace rotacast::graphql {

struct ScheduleSubscriptionFilter {
    std::optional<Uuid> schedule_id;
    std::optional<Uuid> academic_year_id;
    std::optional<Uuid> person_id;
    std::optional<std::vector<std::string>> update_types;
};
DESCRIBE(ScheduleSubscriptionFilter,
         "Given conditions are combined with \"and\".",
         (schedule_id, "The schedule."),
         (academic_year_id, "Its academic year."),
         (person_id, "Only changes that name this person."),
         (update_types, "One of generated, modified, regenerated."))

struct SwapSubscriptionFilter {
    std::optional<Uuid> person_id;
    std::optional<std::vector<std::string>> swap_types;
    std::optional<std::vector<std::string>> statuses;
};
DESCRIBE(SwapSubscriptionFilter,
         "Given conditions are combined with \"and\".",
         (person_id, "One of the two persons."),
         (swap_types, "One of one_to_one, absorb."),
         (statuses, "One of the statuses of a swap."))

struct ConflictSubscriptionFilter {
    std::optional<Uuid> person_id;
    std::optional<std::vector<std::string>> severities;
    std::optional<std::vector<std::string>> conflict_types;
};
DESCRIBE(ConflictSubscriptionFilter,
         "Given conditions are combined with \"and\".",
         (person_id, "Only conflicts of this person."),
         (severities, "One of low, medium, high, critical."),
         (conflict_types, "One of double_booking, acgme_violation, absence_overlap."))

struct ScheduleUpdatesArguments {
    std::optional<ScheduleSubscriptionFilter> filter;
    std::optional<CursorText> after;
};
DESCRIBE(ScheduleUpdatesArguments,
         "Of scheduleUpdates.",
         (filter, "Which ones; all if left out."),
         (after, "Start after this cursor; missed events are sent first."))

struct AssignmentUpdatesArguments {
    std::optional<Uuid> person_id;
    std::optional<CursorText> after;
};
DESCRIBE(AssignmentUpdatesArguments,
         "Of assignmentUpdates.",
         (person_id, "Only this person's; if absent, all that you may see."),
         (after, "Start after this cursor; missed events are sent first."))

struct SwapArguments {
    std::optional<SwapSubscriptionFilter> filter;
    std::optional<CursorText> after;
};
DESCRIBE(SwapArguments,
         "Of swapRequests and swapApprovals.",
         (filter, "Which ones; all if left out."),
         (after, "Start after this cursor; missed events are sent first."))

struct ConflictAlertsArguments {
    std::optional<ConflictSubscriptionFilter> filter;
    std::optional<CursorText> after;
};
DESCRIBE(ConflictAlertsArguments,
         "Of conflictAlerts.",
         (filter, "Which ones; all if left out."),
         (after, "Start after this cursor; missed events are sent first."))

struct ResilienceAlertsArguments {
    std::optional<CursorText> after;
};
DESCRIBE(ResilienceAlertsArguments,
         "Of resilienceAlerts.",
         (after, "Start after this cursor; missed events are sent first."))

struct HeartbeatArguments {
    std::int64_t interval_seconds = 30;
};
DESCRIBE(HeartbeatArguments,
         "Of heartbeat.",
         (interval_seconds, "Pause between two beats, 1 to 3600.", defaulted))

struct NoArguments {};
DESCRIBE(NoArguments, "Nothing.")

struct EventsArguments {
    std::optional<CursorText> after;
    std::int64_t limit = 50;
};
DESCRIBE(EventsArguments,
         "Of events.",
         (after, "Start after this cursor; if absent, with the oldest event."),
         (limit, "At most this many, 1 to 500.", defaulted))

struct PresenceArguments {
    std::optional<std::vector<Uuid>> schedule_ids;
};
DESCRIBE(PresenceArguments,
         "Of presence.",
         (schedule_ids, "Only those who work on one of these schedules; if absent, everybody."))

/// All given conditions must match.
struct DeadLetterFilter {
    std::optional<std::string> subscriber;
    std::optional<std::string> event_type;
    std::optional<std::string> error;
    std::optional<Uuid> event_id;
    DeadLetterState state = "DEAD";
};
DESCRIBE(DeadLetterFilter,
         "Given conditions are combined with \"and\".",
         (subscriber, "The subscriber."),
         (event_type, "The event type."),
         (error, "Name of the error."),
         (event_id, "The event's id."),
         (state, "Dead or discarded.", defaulted))

struct DeadLettersArguments {
    std::optional<DeadLetterFilter> filter;
    std::optional<Key> before;
    std::int64_t limit = 50;
};
DESCRIBE(DeadLettersArguments,
         "Of deadLetters.",
         (filter, "Which ones; all that are dead if left out."),
         (before, "Older than this one (`next` of a page)."),
         (limit, "At most this many, 1 to 500.", defaulted))

struct IdArguments {
    Key id;
};
DESCRIBE(IdArguments, "Arguments of fields that return one object.", (id, "Its id."))

struct DeliveriesArguments {
    std::optional<std::string> handler;
    std::optional<Uuid> event_id;
    std::optional<Key> before;
    std::int64_t limit = 50;
};
DESCRIBE(DeliveriesArguments,
         "Of deliveries.",
         (handler, "Of this handler."),
         (event_id, "Of this event."),
         (before, "Older than this one (`next` of a page)."),
         (limit, "At most this many, 1 to 500.", defaulted))

struct ReplaysArguments {
    std::optional<Key> before;
    std::int64_t limit = 50;
};
DESCRIBE(ReplaysArguments,
         "Of replays.",
         (before, "Older than this one (`next` of a page)."),
         (limit, "At most this many, 1 to 500.", defaulted))

/// Empty is an error: selecting all dead letters requires `all`.
struct DeadLetterSelection {
    std::optional<Key> id;
    std::optional<std::string> subscriber;
    std::optional<std::string> event_type;
    std::optional<std::string> error;
    std::optional<Uuid> event_id;
    bool all = false;
};
DESCRIBE(
    DeadLetterSelection,
    "Selects dead letters. Given conditions are combined with \"and\"; at least one is required.",
    (id, "This one."),
    (subscriber, "The subscriber."),
    (event_type, "The event type."),
    (error, "Name of the error."),
    (event_id, "The event's id."),
    (all, "All of them; nothing else may be given.", defaulted))

struct ReplayDeadLettersArguments {
    DeadLetterSelection selection;
};
DESCRIBE(ReplayDeadLettersArguments, "Of replayDeadLetters.", (selection, "Which ones."))

struct DiscardDeadLettersArguments {
    DeadLetterSelection selection;
    std::string reason;
};
DESCRIBE(DiscardDeadLettersArguments,
         "Of discardDeadLetters.",
         (selection, "Which ones."),
         (reason, "Why, for the audit."))

struct PublishArguments {
    json::object event;
    std::optional<std::string> idempotency_key;
};
DESCRIBE(PublishArguments,
         "Of publish.",
         (event, "As for POST /api/v1/events: `event_type` and the event's own members."),
         (idempotency_key, "Repeating a request with the same key has no further effect."))

}  // namespace rotacast::graphql
