#include "graphql/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rotacast::graphql {
namespace {

/// `name(argument: Type = default): Type` of a field, without what was added to the original.
std::string signature(const Field& field) {
    std::string out = field.name;
    std::string arguments;
    for (const auto& argument : field.arguments) {
        if (argument.name == "after") continue;
        arguments += arguments.empty() ? "" : ", ";
        arguments += argument.name + ": " + to_string(argument.type);
        if (argument.default_value)
            arguments += " = " + reflect::to_json_text(*argument.default_value);
    }
    if (!arguments.empty()) out += '(' + arguments + ')';
    return out + ": " + to_string(field.type);
}

std::vector<std::string> signatures(std::string_view type) {
    std::vector<std::string> all;
    for (const auto& field : schema().find_type(type)->fields)
        if (field.name != "cursor" && field.name != "eventId" && !field.deprecation)
            all.push_back(signature(field));
    return all;
}

using Lines = std::vector<std::string>;

// Wire specification §4.2: clients of the original depend on these.
TEST(Schema, HasTheSubscriptionsOfTheOriginal) {
    EXPECT_EQ(signatures("Subscription"),
              (Lines{"scheduleUpdates(filter: ScheduleSubscriptionFilter = null): ScheduleUpdate!",
                     "assignmentUpdates(personId: ID = null): AssignmentUpdate!",
                     "swapRequests(filter: SwapSubscriptionFilter = null): SwapNotification!",
                     "swapApprovals(filter: SwapSubscriptionFilter = null): SwapNotification!",
                     "conflictAlerts(filter: ConflictSubscriptionFilter = null): "
                     "ConflictNotification!",
                     "resilienceAlerts: ResilienceNotification!",
                     "userPresence: UserPresenceUpdate!",
                     "heartbeat(intervalSeconds: Int! = 30): HeartbeatResponse!"}));
}

TEST(Schema, HasTheTypesOfTheOriginal) {
    EXPECT_EQ(signatures("ScheduleUpdate"),
              (Lines{"scheduleId: ID",
                     "academicYearId: ID",
                     "userId: ID",
                     "updateType: String!",
                     "affectedBlocksCount: Int!",
                     "message: String!",
                     "timestamp: DateTime!"}));
    EXPECT_EQ(signatures("AssignmentUpdate"),
              (Lines{"assignmentId: ID!",
                     "personId: ID!",
                     "blockId: ID!",
                     "rotationTemplateId: ID",
                     "changeType: String!",
                     "changedBy: ID",
                     "message: String!",
                     "timestamp: DateTime!"}));
    EXPECT_EQ(signatures("SwapNotification"),
              (Lines{"swapId: ID!",
                     "requesterId: ID!",
                     "targetPersonId: ID",
                     "swapType: String!",
                     "status: String!",
                     "affectedAssignments: [ID!]!",
                     "message: String!",
                     "approvedBy: ID",
                     "timestamp: DateTime!"}));
    EXPECT_EQ(signatures("ConflictNotification"),
              (Lines{"conflictId: ID",
                     "personId: ID!",
                     "conflictType: String!",
                     "severity: String!",
                     "affectedBlocks: [ID!]!",
                     "message: String!",
                     "timestamp: DateTime!"}));
    EXPECT_EQ(signatures("ResilienceNotification"),
              (Lines{"alertType: String!",
                     "severity: String!",
                     "currentUtilization: Float",
                     "defenseLevel: String",
                     "affectedPersons: [ID!]!",
                     "message: String!",
                     "recommendations: [String!]!",
                     "timestamp: DateTime!"}));
    EXPECT_EQ(
        signatures("UserPresenceUpdate"),
        (Lines{"userId: ID!", "status: String!", "lastSeen: DateTime!", "activePage: String"}));
    EXPECT_EQ(signatures("HeartbeatResponse"),
              (Lines{"timestamp: DateTime!", "serverTime: DateTime!", "connectionId: String!"}));
}

TEST(Schema, HasTheFiltersOfTheOriginal) {
    const auto fields = [](std::string_view type) {
        Lines all;
        for (const auto& field : schema().find_type(type)->input_fields)
            all.push_back(field.name + ": " + to_string(field.type) + " = " +
                          reflect::to_json_text(field.default_value.value()));
        return all;
    };
    EXPECT_EQ(fields("ScheduleSubscriptionFilter"),
              (Lines{"scheduleId: ID = null",
                     "academicYearId: ID = null",
                     "personId: ID = null",
                     "updateTypes: [String!] = null"}));
    EXPECT_EQ(
        fields("SwapSubscriptionFilter"),
        (Lines{
            "personId: ID = null", "swapTypes: [String!] = null", "statuses: [String!] = null"}));
    EXPECT_EQ(fields("ConflictSubscriptionFilter"),
              (Lines{"personId: ID = null",
                     "severities: [String!] = null",
                     "conflictTypes: [String!] = null"}));
}

// §4.10: the names in the original's document.
TEST(Schema, HasTheDocumentedNamesAsDeprecated) {
    for (const auto* name : {"scheduleUpdated",
                             "assignmentUpdated",
                             "swapNotification",
                             "conflictAlert",
                             "resilienceAlert"}) {
        const auto* field = schema().subscription().find_field(name);
        ASSERT_NE(field, nullptr) << name;
        EXPECT_TRUE(field->deprecation) << name;
        EXPECT_NE(field->find_argument("after"), nullptr) << name;
    }
}

TEST(Schema, GivesEveryEventACursorAndAnId) {
    const auto* any = schema().find_type("LiveEvent");
    ASSERT_NE(any, nullptr);
    EXPECT_EQ(any->members.size(), 5u);
    for (const auto* type : any->members) {
        EXPECT_EQ(to_string(type->find_field("cursor")->type), "Cursor!");
        EXPECT_EQ(to_string(type->find_field("eventId")->type), "ID!");
    }
}

TEST(Schema, HasADescriptionForEverything) {
    for (const auto& [name, type] : schema().types()) {
        EXPECT_NE(type->text, "") << name;
        if (name.starts_with("__")) continue;
        for (const auto& field : type->fields) EXPECT_NE(field.text, "") << name << field.name;
        for (const auto& field : type->input_fields)
            EXPECT_NE(field.text, "") << name << field.name;
    }
}

}  // namespace
}  // namespace rotacast::graphql
