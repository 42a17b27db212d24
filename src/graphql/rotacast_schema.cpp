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
    auto& root = builder.object("Subscription", "What is told as it happens.");
    builder.field<ScheduleUpdatesArguments, client::ScheduleUpdated>(
        root, "scheduleUpdates", "Schedules that are generated or changed.");
    builder.field<AssignmentUpdatesArguments, client::AssignmentChanged>(
        root, "assignmentUpdates", "Assignments that come, change or go.");
    builder.field<SwapArguments, SwapNotification>(
        root, "swapRequests", "Swaps that are asked for.");
    builder.field<SwapArguments, SwapNotification>(
        root, "swapApprovals", "Swaps that are approved.");
    builder.field<ConflictAlertsArguments, client::ConflictDetected>(
        root, "conflictAlerts", "What cannot be in somebody's schedule.");
    builder.field<ResilienceAlertsArguments, client::ResilienceAlert>(
        root, "resilienceAlerts", "The programme as a whole is under strain.");
    builder.field<NoArguments, UserPresenceUpdate>(
        root, "userPresence", "Who is there, then who comes, goes or turns to something else.");
    builder.field<HeartbeatArguments, HeartbeatResponse>(
        root, "heartbeat", "The server is there: at once, then at intervals.");
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
    auto& root = builder.object("Query", "What can be asked.");
    builder.field<NoArguments, Viewer>(root, "viewer", "Who asks.");
    builder.field<NoArguments, ConnectionStatistics>(
        root, "connectionStatistics", "Who is connected. For admins and coordinators.");
    builder.field<NoArguments, BusStatistics>(
        root, "busStatistics", "The event bus in numbers. For admins and coordinators.");
    builder.field<EventsArguments, EventPage>(
        root, "events", "What has happened, as far as you may see it.");
    builder.field<PresenceArguments, PresenceRoster>(root, "presence", "Who is there.");
    builder.field<DeadLettersArguments, DeadLetterPage>(
        root,
        "deadLetters",
        "Events that handlers were given in vain. For admins and coordinators.");
    builder.field<IdArguments, std::optional<DeadLetter>>(
        root, "deadLetter", "One of them, with the event. For admins and coordinators.");
    builder.field<DeliveriesArguments, DeliveryPage>(
        root, "deliveries", "What handlers left in the ledger. For admins and coordinators.");
    builder.field<ReplaysArguments, ReplayPage>(
        root, "replays", "What became of replays. For admins and coordinators.");
    builder.field<IdArguments, std::optional<Replay>>(
        root, "replay", "One of them. For admins and coordinators.");
    return root;
}

Type& add_mutations(SchemaBuilder& builder) {
    auto& root = builder.object("Mutation", "What admins and coordinators can do.");
    builder.field<PublishArguments, Published>(
        root, "publish", "Publishes one event; answered when it is stored.");
    builder.field<ReplayDeadLettersArguments, Replay>(
        root, "replayDeadLetters", "Gives dead letters to their subscribers again.");
    builder.field<DiscardDeadLettersArguments, Discarded>(
        root, "discardDeadLetters", "Puts dead letters away; they are kept.");
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
