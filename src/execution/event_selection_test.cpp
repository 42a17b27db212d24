#include "execution/event_selection.hpp"

#include <gtest/gtest.h>

namespace rotacast::execution {
namespace {

namespace client = events::client;
using hub::Topic;

const Uuid ann = *Uuid::parse("00000000-0000-4000-8000-0000000000a1");
const Uuid bob = *Uuid::parse("00000000-0000-4000-8000-0000000000b1");

Result<EventSelection> selection(std::string field, graphql::json::object arguments = {}) {
    return EventSelection::of({std::move(field), "key", std::move(arguments), {}});
}

hub::Publication publication(events::ClientEvent event, std::vector<Topic> topics = {}) {
    return {{}, "e.1", {}, {}, std::move(event), std::move(topics)};
}

TEST(EventSelection, WatchesOnePersonOrAllOfAKind) {
    EXPECT_EQ(selection("assignmentUpdates")->topics(),
              std::vector{Topic::every(Topic::Kind::every_assignment)});
    const auto anns = selection("assignmentUpdates", {{"personId", to_string(ann)}});
    EXPECT_EQ(anns->topics(), std::vector{Topic::person(ann)});
    EXPECT_EQ(anns->person(), ann);
    EXPECT_EQ(selection("swapRequests", {{"filter", {{"personId", to_string(ann)}}}})->topics(),
              (std::vector{Topic::person(ann), Topic::party(ann)}));
}

TEST(EventSelection, SelectsEventsForEverybodyOnlyWhereTheyFit) {
    EXPECT_TRUE(selection("resilienceAlerts")->of_everybody());
    EXPECT_TRUE(selection("scheduleUpdates")->of_everybody());
    EXPECT_FALSE(selection("scheduleUpdates", {{"filter", {{"scheduleId", to_string(ann)}}}})
                     ->of_everybody());
    EXPECT_FALSE(selection("conflictAlerts")->of_everybody());
}

TEST(EventSelection, EmptyPartsOfAFilterDoNotFilter) {
    client::ConflictDetected conflict;
    conflict.severity = "high";
    for (const auto& filter : std::vector<graphql::json::object>{
             {}, {{"severities", nullptr}}, {{"severities", graphql::json::array()}}})
        EXPECT_TRUE(
            selection("conflictAlerts", {{"filter", filter}})->wants(publication(conflict)));
    const auto low = selection("conflictAlerts", {{"filter", {{"severities", {"low"}}}}});
    EXPECT_FALSE(low->wants(publication(conflict)));
    EXPECT_FALSE(selection("conflictAlerts")->wants(publication(client::ResilienceAlert{})));
}

TEST(EventSelection, DistinguishesRequestsFromApprovals) {
    const auto requested = publication(client::SwapRequested{});
    const auto approved = publication(client::SwapApproved{});
    EXPECT_TRUE(selection("swapRequests")->wants(requested));
    EXPECT_FALSE(selection("swapRequests")->wants(approved));
    EXPECT_FALSE(selection("swapApprovals")->wants(requested));
    EXPECT_TRUE(selection("swapApprovals")->wants(approved));
    EXPECT_TRUE(selection("swapNotification")->wants(requested));
    EXPECT_TRUE(selection("swapNotification")->wants(approved));
}

TEST(EventSelection, ShowsAPersonTheDutiesTheyLose) {
    client::AssignmentChanged changed;
    changed.person_id = bob;
    const auto moved = publication(changed, {Topic::person(bob), Topic::person(ann)});
    EXPECT_TRUE(selection("assignmentUpdates", {{"personId", to_string(ann)}})->wants(moved));
    EXPECT_TRUE(selection("assignmentUpdates", {{"personId", to_string(bob)}})->wants(moved));
}

TEST(EventSelection, AnApprovalHasStatusApprovedWhateverItsPublisherSet) {
    client::SwapApproved approved;
    approved.status = "pending";
    EXPECT_EQ(data_for("swapApprovals", publication(approved))->at("status"), "approved");
    EXPECT_EQ(data_for("swapNotification", publication(approved))->at("status"), "pending");
}

}  // namespace
}  // namespace rotacast::execution
