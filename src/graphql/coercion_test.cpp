#include "graphql/coercion.hpp"

#include "graphql/arguments.hpp"
#include "graphql/prepared_for_tests.hpp"
#include "reflect/decode.hpp"

#include <gtest/gtest.h>

namespace rotacast::graphql {
namespace {

const std::string id = "7b1f0c1e-0000-4000-8000-000000000001";

json::object arguments_of(std::string query, json::object variables = {}) {
    const auto made = prepared(std::move(query), std::move(variables));
    if (!made.operation) {
        ADD_FAILURE() << made.errors.front().message;
        return {};
    }
    return made.operation->root_fields().front().arguments;
}

TEST(Arguments, AreFilledWithDefaults) {
    EXPECT_EQ(arguments_of("{ events { cursor } }"),
              (json::object{{"after", nullptr}, {"limit", 50}}));
}

TEST(Arguments, AcceptVariablesAtEveryPosition) {
    EXPECT_EQ(arguments_of("query ($n: Int!, $e: String, $s: DeadLetterState! = DISCARDED) { "
                           "deadLetters(limit: $n, filter: {error: $e, state: $s}) { next } }",
                           {{"n", 5}}),
              (json::object{{"filter",
                             {{"subscriber", nullptr},
                              {"eventType", nullptr},
                              {"error", nullptr},
                              {"eventId", nullptr},
                              {"state", "DISCARDED"}}},
                            {"before", nullptr},
                            {"limit", 5}}));
    EXPECT_EQ(arguments_of("mutation ($x: JSON) { publish(event: {a: [$x, 1, NAME], b: 1.5}) { "
                           "eventId } }",
                           {{"x", {{"deep", true}}}}),
              (json::object{{"event", {{"a", {{{"deep", true}}, 1, "NAME"}}, {"b", 1.5}}},
                            {"idempotencyKey", nullptr}}));
    EXPECT_EQ(arguments_of("query ($n: Int! = 7) { events(limit: $n) { cursor } }").at("limit"), 7);
}

TEST(Arguments, CoerceASingleValueToAListAndNumbersToIds) {
    EXPECT_EQ(arguments_of("{ presence(scheduleIds: 5) { complete } }"),
              (json::object{{"scheduleIds", {"5"}}}));
    EXPECT_EQ(
        arguments_of("query ($a: [ID!]) { presence(scheduleIds: $a) { complete } }", {{"a", "x"}}),
        (json::object{{"scheduleIds", {"x"}}}));
    EXPECT_EQ(
        arguments_of("query ($a: Int!) { events(limit: $a) { cursor } }", {{"a", 5.0}}).at("limit"),
        5);
}

TEST(Arguments, ReadIntoTheirDescribedStruct) {
    const auto given = arguments_of("subscription { scheduleUpdates(filter: {scheduleId: \"" + id +
                                    "\", updateTypes: [\"modified\"]}, after: \"k3.7\") { message "
                                    "} }");
    const auto read = reflect::decode<ScheduleUpdatesArguments>(given);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->filter->schedule_id, Uuid::parse(id));
    EXPECT_EQ(read->filter->update_types, (std::vector<std::string>{"modified"}));
    EXPECT_EQ(read->filter->person_id, std::nullopt);
    EXPECT_EQ(*read->after, "k3.7");
    EXPECT_EQ(reflect::decode<HeartbeatArguments>(
                  arguments_of("subscription { heartbeat { timestamp } }"))
                  ->interval_seconds,
              30);
}

TEST(Variables, AreRejectedWithTheErrorAndItsLocation) {
    struct Row {
        json::object variables;
        std::string_view message;
    };
    const std::string query =
        "query ($n: Int!, $f: DeadLetterFilter, $l: [ID!]) { events(limit: $n) { cursor } "
        "deadLetters(filter: $f) { next } presence(scheduleIds: $l) { complete } }";
    const Row rows[] = {
        {{}, "Variable \"$n\" of required type \"Int!\" was not provided."},
        {{{"n", nullptr}}, "Variable \"$n\" of non-null type \"Int!\" must not be null."},
        {{{"n", "x"}},
         "Variable \"$n\" got invalid value \"x\"; Int cannot represent non-integer value: \"x\""},
        {{{"n", 1.5}},
         "Variable \"$n\" got invalid value 1.5; Int cannot represent non-integer value: 1.5"},
        {{{"n", 3'000'000'000}},
         "Variable \"$n\" got invalid value 3000000000; Int cannot represent non 32-bit signed "
         "integer value: 3000000000"},
        {{{"n", 1}, {"f", {{"error", 5}}}},
         "Variable \"$f\" got invalid value 5 at \"f.error\"; String cannot represent a non string "
         "value: 5"},
        {{{"n", 1}, {"f", {{"erorr", "x"}}}},
         "Variable \"$f\" got invalid value { erorr: \"x\" }; Field \"erorr\" is not defined by "
         "type "
         "\"DeadLetterFilter\". Did you mean \"error\"?"},
        {{{"n", 1}, {"f", "x"}},
         "Variable \"$f\" got invalid value \"x\"; Expected type \"DeadLetterFilter\" to be an "
         "object."},
        {{{"n", 1}, {"l", {"a", nullptr}}},
         "Variable \"$l\" got invalid value null at \"l[1]\"; Expected non-nullable type \"ID!\" "
         "not to be null."},
    };
    for (const auto& row : rows) EXPECT_EQ(first_error(query, row.variables), row.message);
}

TEST(Variables, OfAnySizeGiveShortMessages) {
    const auto refused = prepared("query ($n: [ID!]) { presence(scheduleIds: $n) { complete } }",
                                  {{"n", json::array(100'000, json::value(true))}});
    EXPECT_EQ(refused.errors.size(), Limits{}.errors_max);
    const auto long_text = first_error("query ($n: Int!) { events(limit: $n) { cursor } }",
                                       {{"n", std::string(1'000'000, 'x')}});
    EXPECT_LT(long_text.size(), 400u);
}

TEST(Requests, ChooseTheirOperation) {
    const std::string two = "query A { __typename } mutation B { __typename }";
    const auto named = [&](std::optional<std::string> name) {
        return prepare(schema(), {.query = two, .operation_name = std::move(name)}, {});
    };
    EXPECT_EQ(named("B").operation->kind(), OperationKind::mutation);
    EXPECT_EQ(named("C").errors.front().message, "Unknown operation named \"C\".");
    EXPECT_EQ(named(std::nullopt).errors.front().message,
              "Must provide operation name if query contains multiple operations.");
    EXPECT_EQ(first_error("fragment F on Query { __typename }"), "Fragment \"F\" is never used.");
}

TEST(Requests, AreReadFromJson) {
    const auto read = [](std::string_view text) {
        return decode_request(reflect::parse_json(text).value());
    };
    const auto good = read(R"({"query":"{a}","operationName":null,"variables":{"x":1},"more":2})");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->query, "{a}");
    EXPECT_EQ(good->operation_name, std::nullopt);
    EXPECT_EQ(good->variables, (json::object{{"x", 1}}));
    EXPECT_EQ(read("[]").error().code, ErrorCode::bad_request);
    EXPECT_EQ(read("{}").error().path, "/query");
    EXPECT_EQ(read(R"({"query":1})").error().path, "/query");
    EXPECT_EQ(read(R"({"query":"","operationName":1})").error().path, "/operationName");
    EXPECT_EQ(read(R"({"query":"","variables":[]})").error().path, "/variables");
    EXPECT_EQ(read(R"({"query":"","extensions":"x"})").error().path, "/extensions");
}

}  // namespace
}  // namespace rotacast::graphql
