// Rotacast's schema: its root fields. All other types are derived from described structs.
// Subscriptions follow the wire specification, §4.2, and also have the names from the original's
// document (§4.10).

#include "graphql/answers.hpp"
#include "graphql/arguments.hpp"
#include "graphql/schema_builder.hpp"

namespace rotacast::graphql {
namespace {

namespace client = events::client;

Type& add_subscriptions(SchemaBuilder& builder) {
    auto& root = builder.object("Subscription", "Live events.");
    builder.field<ScheduleUpdatesArguments, client::ScheduleUpdated>(
        root, "scheduleUpdates", "Generated and changed schedules.");
    builder.field<AssignmentUpdatesArguments, client::AssignmentChanged>(
        root, "assignmentUpdates", "Created, changed and deleted assignments.");
    builder.field<SwapArguments, SwapNotification>(root, "swapRequests", "Requested swaps.");
    builder.field<SwapArguments, SwapNotification>(root, "swapApprovals", "Approved swaps.");
    builder.field<ConflictAlertsArguments, client::ConflictDetected>(
        root, "conflictAlerts", "Conflicts in a person's schedule.");
    builder.field<ResilienceAlertsArguments, client::ResilienceAlert>(
        root, "resilienceAlerts", "Resilience alerts for the programme.");
    builder.field<NoArguments, UserPresenceUpdate>(
        root, "userPresence", "Who is online, then every change.");
    builder.field<HeartbeatArguments, HeartbeatResponse>(
        root, "heartbeat", "A heartbeat of the server: at once, then at intervals.");
    builder.field<ScheduleUpdatesArguments, client::ScheduleUpdated>(
        root, "scheduleUpdated", "As scheduleUpdates.", "Use scheduleUpdates.");
    builder.field<AssignmentUpdatesArguments, client::AssignmentChanged>(
        root, "assignmentUpdated", "As assignmentUpdates.", "Use assignmentUpdates.");
    builder.field<SwapArguments, SwapNotification>(root,
                                                   "swapNotification",
                                                   "As swapRequests and swapApprovals together.",
                                                   "Use swapRequests and swapApprovals.");
    builder.field<ConflictAlertsArguments, client::ConflictDetected>(
        root, "conflictAlert", "As conflictAlerts.", "Use conflictAlerts.");
    builder.field<ResilienceAlertsArguments, client::ResilienceAlert>(
        root, "resilienceAlert", "As resilienceAlerts.", "Use resilienceAlerts.");
    return root;
}

Type& add_queries(SchemaBuilder& builder) {
    auto& root = builder.object("Query", "Queries.");
    builder.field<NoArguments, Viewer>(root, "viewer", "The authenticated user.");
    builder.field<NoArguments, ConnectionStatistics>(
        root, "connectionStatistics", "Counts of connections. For admins and coordinators.");
    builder.field<NoArguments, BusStatistics>(
        root, "busStatistics", "Statistics of the event bus. For admins and coordinators.");
    builder.field<EventsArguments, EventPage>(root, "events", "Past events that you may see.");
    builder.field<NoArguments, CursorText>(
        root, "cursor", "The present: a subscription `after` it misses nothing from here on.");
    builder.field<PresenceArguments, PresenceRoster>(root, "presence", "Who is online.");
    builder.field<DeadLettersArguments, DeadLetterPage>(
        root, "deadLetters", "Dead letters. For admins and coordinators.");
    builder.field<IdArguments, std::optional<DeadLetter>>(
        root, "deadLetter", "A dead letter with its event. For admins and coordinators.");
    builder.field<DeliveriesArguments, DeliveryPage>(
        root, "deliveries", "Rows of the handler log. For admins and coordinators.");
    builder.field<ReplaysArguments, ReplayPage>(
        root, "replays", "Replays and their progress. For admins and coordinators.");
    builder.field<IdArguments, std::optional<Replay>>(
        root, "replay", "A replay. For admins and coordinators.");
    return root;
}

Type& add_mutations(SchemaBuilder& builder) {
    auto& root = builder.object("Mutation", "Mutations, for admins and coordinators.");
    builder.field<PublishArguments, Published>(
        root, "publish", "Publishes one event; answered when it is stored.");
    builder.field<ReplayDeadLettersArguments, Replay>(
        root, "replayDeadLetters", "Handles dead letters again.");
    builder.field<DiscardDeadLettersArguments, Discarded>(
        root, "discardDeadLetters", "Discards dead letters; they can be restored.");
    return root;
}

Schema make() {
    SchemaBuilder builder;
    const auto& subscription = add_subscriptions(builder);
    const auto& query = add_queries(builder);
    const auto& mutation = add_mutations(builder);
    return builder.build(query, mutation, subscription);
}

}  // namespace

const Schema& schema() {
    static const Schema made = make();
    return made;
}

}  // namespace rotacast::graphql
