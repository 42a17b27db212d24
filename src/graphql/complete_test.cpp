#include "graphql/answers.hpp"
#include "graphql/event_data.hpp"
#include "graphql/prepared_for_tests.hpp"
#include "graphql/to_data.hpp"

#include <gtest/gtest.h>

namespace rotacast::graphql {
namespace {

OperationPtr operation(std::string query, json::object variables = {}, const Limits& limits = {}) {
    auto made = prepared(std::move(query), std::move(variables), limits);
    for (const auto& error : made.errors) ADD_FAILURE() << error.message;
    return made.operation;
}

std::string completed(std::string query, const json::value& data, json::object variables = {}) {
    const auto made = operation(std::move(query), std::move(variables));
    const RootResult results[] = {{&data}};
    return complete(*made, std::span(results).first(made->root_fields().size()));
}

TEST(Complete, WritesWhatWasSelectedInItsOrder) {
    const json::value viewer{
        {"username", "ana \xC3\xA9"}, {"role", "admin"}, {"personId", nullptr}, {"userId", "u"}};
    EXPECT_EQ(completed("{ viewer { personId who: username __typename role } }", viewer),
              R"({"data":{"viewer":{"personId":null,"who":"ana )"
              "\xC3\xA9"
              R"(","__typename":"Viewer","role":"admin"}}})");
}

TEST(Complete, MergesFieldsAndFollowsFragments) {
    const json::value page{
        {"cursor", "k.1"},
        {"events",
         {{{"__typename", "ScheduleUpdate"}, {"message", "a"}, {"cursor", "k.0"}},
          {{"__typename", "SwapNotification"}, {"message", "b"}, {"status", "pending"}}}}};
    EXPECT_EQ(completed("{ events { cursor ...P events { ... on SwapNotification { status } } } } "
                        "fragment P on EventPage { events { __typename ... on ScheduleUpdate { "
                        "message } ... on LiveEvent { ... on SwapNotification { m: message } } } "
                        "cursor }",
                        page),
              R"({"data":{"events":{"cursor":"k.1","events":[{"__typename":"ScheduleUpdate",)"
              R"("message":"a"},{"__typename":"SwapNotification","m":"b","status":"pending"}]}}})");
}

TEST(Complete, LeavesOutWhatIsSkipped) {
    const std::string query =
        "query ($yes: Boolean!, $no: Boolean = false) { viewer { role @skip(if: $yes) username "
        "@include(if: $no) ... @include(if: $yes) { userId } } }";
    const json::value viewer{{"username", "ana"}, {"role", "admin"}, {"userId", "u"}};
    EXPECT_EQ(completed(query, viewer, {{"yes", true}}), R"({"data":{"viewer":{"userId":"u"}}})");
    EXPECT_EQ(completed("{ viewer @skip(if: true) { role } }", viewer), R"({"data":{}})");
}

// 6.4.4
TEST(Complete, PropagatesNullsToTheNextNullableField) {
    const json::value letter{{"id", "1"}, {"error", {{"name", nullptr}}}};
    EXPECT_EQ(completed("{ deadLetter(id: 1) { id error { name } } }", letter),
              R"({"data":{"deadLetter":null},"errors":[{"message":"Cannot return null for )"
              R"(non-nullable field DeadLetterError.name.","locations":[{"line":1,"column":34}],)"
              R"("path":["deadLetter","error","name"],)"
              R"("extensions":{"code":1501,"name":"internal"}}]})");
    const json::value page{{"events", {{{"__typename", "ScheduleUpdate"}}}}, {"cursor", "k"}};
    EXPECT_EQ(completed("{ events { e: events { ... on ScheduleUpdate { message } } } }", page),
              R"({"data":null,"errors":[{"message":"Cannot return null for non-nullable field )"
              R"(ScheduleUpdate.message.","locations":[{"line":1,"column":48}],)"
              R"("path":["events","e",0,"message"],)"
              R"("extensions":{"code":1501,"name":"internal"}}]})");
}

TEST(Complete, RejectsDataOfTheWrongType) {
    const auto message = [](std::string query, const json::value& data) {
        const auto text = completed(std::move(query), data);
        return std::string(reflect::parse_json(text)->at("errors").at(0).at("message").as_string());
    };
    EXPECT_EQ(message("{ connectionStatistics { uniqueUsers } }", {{"uniqueUsers", 3'000'000'000}}),
              "The value of ConnectionStatistics.uniqueUsers is not a 32-bit signed integer.");
    EXPECT_EQ(message("{ viewer { role } }", "text"),
              "The value of Query.viewer is not an object.");
    EXPECT_EQ(message("{ presence { people { status } } }", {{"people", 1}}),
              "The value of PresenceRoster.people is not a list.");
    EXPECT_EQ(
        message("{ events { events { __typename } } }", {{"events", {{{"__typename", "X"}}}}}),
        "The value of EventPage.events is not one of its types.");
}

TEST(Complete, GivesEachRootFieldItsResultOrItsError) {
    const auto made = operation(
        "{ a: replay(id: 1) { at } viewer { role } b: replay(id: 2) { id } "
        "__typename }");
    const auto fields = made->root_fields();
    ASSERT_EQ(fields.size(), 3u);
    EXPECT_EQ(fields[0].response_key, "a");
    EXPECT_EQ(fields[1].name, "viewer");
    EXPECT_EQ(fields[2].arguments.at("id"), "2");
    const json::value viewer{{"role", "admin"}};
    const RootResult results[] = {
        {nullptr, to_graphql_error({ErrorCode::forbidden, "Not for you.", ""})}, {&viewer}, {}};
    const json::object extensions{{"cursor", "k.1"}};
    EXPECT_EQ(complete(*made, results, &extensions),
              R"({"data":{"a":null,"viewer":{"role":"admin"},"b":null,"__typename":"Query"},)"
              R"("errors":[{"message":"Not for you.","locations":[{"line":1,"column":3}],)"
              R"("path":["a"],"extensions":{"code":1300,"name":"forbidden"}}],)"
              R"("extensions":{"cursor":"k.1"}})");
}

TEST(Complete, HasOneShapeForOneSelectionWhateverItsArguments) {
    const std::string query =
        "subscription ($s: ID) { scheduleUpdates(filter: {scheduleId: $s}) { message } }";
    const auto one = operation(query, {{"s", "a"}});
    const auto other = operation(query, {{"s", "b"}});
    EXPECT_EQ(one->shape(), other->shape());
    EXPECT_NE(one->root_fields()[0].arguments, other->root_fields()[0].arguments);
    for (const auto* different : {"subscription { scheduleUpdates { updateType } }",
                                  "subscription { s: scheduleUpdates { message } }",
                                  "subscription { assignmentUpdates { message } }",
                                  "subscription { scheduleUpdates { m: message } }",
                                  "subscription { scheduleUpdates { message __typename } }"})
        EXPECT_NE(operation(different)->shape(),
                  operation("subscription { scheduleUpdates { message } }")->shape())
            << different;
}

TEST(Complete, ShowsDescribedAnswers) {
    BusSubscriber audit;
    audit.name = "audit";
    audit.lag = {5'000'000'000};
    const BusStatistics statistics{3, {{"*", 2}}, 0, {audit}};
    EXPECT_EQ(completed("{ busStatistics { subscriptionsByType subscribers { name lag "
                        "failingSince } } }",
                        to_data(statistics)),
              R"({"data":{"busStatistics":{"subscriptionsByType":{"*":2},"subscribers":[{)"
              R"("name":"audit","lag":5000000000,"failingSince":null}]}}})");
}

TEST(Complete, ShowsClientEvents) {
    const auto id = *Uuid::parse("7b1f0c1e-0000-4000-8000-000000000001");
    const auto moment = *parse_timestamp("2025-12-30T14:23:45.123Z");
    events::client::SwapApproved event;
    event.swap_id = event.requester_id = event.approved_by = id;
    const auto approved = data_of(event, "k3.7", id, moment);
    ASSERT_TRUE(approved);
    EXPECT_EQ(completed("subscription { swapApprovals { __typename swapId targetPersonId status "
                        "approvedBy affectedAssignments timestamp cursor eventId } }",
                        *approved),
              R"({"data":{"swapApprovals":{"__typename":"SwapNotification",)"
              R"("swapId":"7b1f0c1e-0000-4000-8000-000000000001","targetPersonId":null,)"
              R"("status":"approved","approvedBy":"7b1f0c1e-0000-4000-8000-000000000001",)"
              R"("affectedAssignments":[],"timestamp":"2025-12-30T14:23:45.123Z","cursor":"k3.7",)"
              R"("eventId":"7b1f0c1e-0000-4000-8000-000000000001"}}})");
    EXPECT_EQ(data_of(events::client::SwapRequested{}, "k", id, moment)->at("status"), "pending");
    EXPECT_EQ(data_of(events::client::ScheduleUpdated{}, "k", id, moment)->at("__typename"),
              "ScheduleUpdate");
    EXPECT_FALSE(data_of(events::client::SolverComplete{}, "k", id, moment));
}

// Every event type has all fields that the schema declares for it.
TEST(Complete, HasDataForEveryFieldOfEveryEvent) {
    const events::ClientEvent all[] = {events::client::ScheduleUpdated{},
                                       events::client::AssignmentChanged{},
                                       events::client::SwapRequested{},
                                       events::client::SwapApproved{},
                                       events::client::ConflictDetected{},
                                       events::client::ResilienceAlert{}};
    for (const auto& event : all) {
        const auto data = data_of(event, "k", Uuid{}, Timestamp{});
        const auto* type = schema().find_type(data->at("__typename").as_string());
        ASSERT_NE(type, nullptr);
        EXPECT_EQ(type->fields.size() + 1, data->size()) << type->name;
        for (const auto& field : type->fields)
            EXPECT_TRUE(data->contains(field.name)) << type->name << '.' << field.name;
    }
}

TEST(Errors, AreWrittenAsTheSpecificationSays) {
    EXPECT_EQ(refusal_text(prepared("{").errors),
              R"({"errors":[{"message":"Syntax Error: Expected Name, found <EOF>.",)"
              R"("locations":[{"line":1,"column":2}],)"
              R"("extensions":{"code":1014,"name":"graphql_syntax"}}]})");
}

TEST(Errors, HaveTheMessageOfTheirCodeIfTheyHaveNoneOfTheirOwn) {
    for (const auto& row : error_table()) {
        const auto error = to_graphql_error({row.code, "", ""});
        EXPECT_EQ(error.message, row.advice);
        EXPECT_EQ(error.extensions.at("code"), static_cast<std::int64_t>(row.code));
        EXPECT_EQ(error.extensions.at("name").as_string(), row.name);
    }
}

TEST(Errors, HaveANumberWhicheverStepFindsThem) {
    struct Row {
        std::string query;
        json::object variables;
        std::string_view name;
    };
    const Row rows[] = {
        {"", {}, "graphql_syntax"},
        {"{ \"", {}, "graphql_syntax"},
        {"type A { a: Int }", {}, "graphql_syntax"},
        {"{ nope }", {}, "graphql_validation"},
        {"subscription { scheduleUpdates { nope } }", {}, "graphql_validation"},
        {"subscription { heartbeat { timestamp } viewer { role } }", {}, "graphql_validation"},
        {"fragment F on Query { viewer { role } }", {}, "graphql_validation"},
        {"query A { viewer { role } } query B { viewer { role } }", {}, "graphql_validation"},
        {"query ($id: Int!) { replay(id: $id) { id } }", {}, "graphql_validation"},
        {"query ($id: Int!) { replay(id: $id) { id } }", {{"id", "x"}}, "graphql_validation"},
        {std::string(Limits{}.document_bytes_max + 1, ' '), {}, "too_large"},
    };
    for (const auto& row : rows) {
        const auto made = prepared(row.query, row.variables);
        ASSERT_FALSE(made.errors.empty()) << row.query.substr(0, 80);
        for (const auto& error : made.errors) {
            EXPECT_FALSE(error.message.empty());
            EXPECT_EQ(error.extensions.at("name").as_string(), row.name) << error.message;
            EXPECT_TRUE(error.extensions.at("code").is_int64());
        }
    }
}

}  // namespace
}  // namespace rotacast::graphql
