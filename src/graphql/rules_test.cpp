#include "graphql/rules.hpp"

#include "graphql/prepared_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::graphql {
namespace {

struct Row {
    std::string_view document;
    std::string_view message;  ///< the first error message; empty: the document is valid
};

class Documents : public testing::TestWithParam<Row> {};

// At least one document for each rule; the messages are those of graphql-js.
TEST_P(Documents, AreValidOrRejectedWithTheMessage) {
    EXPECT_EQ(first_error(std::string(GetParam().document)), GetParam().message)
        << GetParam().document;
}

// 5.2
constexpr Row operations[] = {
    {"query A { __typename } query A { __typename }",
     "There can be only one operation named \"A\"."},
    {"{ __typename } query A { __typename }",
     "This anonymous operation must be the only defined operation."},
    {"subscription S { heartbeat { timestamp } userPresence { status } }",
     "Subscription \"S\" must select only one top level field."},
    {"subscription { ...F } fragment F on Subscription { __typename }",
     "Anonymous Subscription must not select an introspection top level field."},
    {"subscription { ...F } fragment F on Subscription { ... @include(if: true) { heartbeat { "
     "timestamp } } }",
     "Anonymous Subscription must not use `@skip` or `@include` directives in the top level "
     "selection."},
    {"subscription { a: heartbeat { timestamp } a: heartbeat { serverTime } }", ""},
};
INSTANTIATE_TEST_SUITE_P(Operations, Documents, testing::ValuesIn(operations));

// 5.3
constexpr Row fields[] = {
    {"{ viewer { usernam } }",
     "Cannot query field \"usernam\" on type \"Viewer\". Did you mean \"username\"?"},
    {"{ events { events { cursor } } }", "Cannot query field \"cursor\" on type \"LiveEvent\"."},
    {"{ viewer { __schema { types { name } } } }",
     "Cannot query field \"__schema\" on type \"Viewer\"."},
    {"{ viewer { username { x } } }",
     "Field \"username\" must not have a selection since type \"String!\" has no subfields."},
    {"{ viewer }",
     "Field \"viewer\" of type \"Viewer!\" must have a selection of subfields. Did you mean "
     "\"viewer { ... }\"?"},
    {"{ viewer { a: username a: role } }",
     "Fields \"a\" conflict because \"username\" and \"role\" are different fields. Use different "
     "aliases on the fields to fetch both if this was intentional."},
    {"{ replay(id: 1) { at } replay(id: 2) { at } }",
     "Fields \"replay\" conflict because they have differing arguments. Use different aliases on "
     "the fields to fetch both if this was intentional."},
    {"{ events { events { ... on ScheduleUpdate { a: affectedBlocksCount } ... on AssignmentUpdate "
     "{ a: message } } } }",
     "Fields \"a\" conflict because they return conflicting types \"Int!\" and \"String!\". Use "
     "different aliases on the fields to fetch both if this was intentional."},
    {"{ events { events { ... on ScheduleUpdate { a: updateType } ... on AssignmentUpdate { a: "
     "changeType } } } }",
     ""},
    {"{ deadLetters(filter: {error: \"a\", state: DEAD}) { next } deadLetters(filter: {state: DEAD "
     "error: \"a\"}) { next } }",
     ""},
    {"{ viewer { ...A ...B } } fragment A on Viewer { a: role } fragment B on Viewer { a: userId }",
     "Fields \"a\" conflict because they return conflicting types \"String!\" and \"ID!\". Use "
     "different aliases on the fields to fetch both if this was intentional."},
};
INSTANTIATE_TEST_SUITE_P(Fields, Documents, testing::ValuesIn(fields));

// 5.4
constexpr Row arguments[] = {
    {"{ events(limits: 1) { cursor } }",
     "Unknown argument \"limits\" on field \"Query.events\". Did you mean \"limit\"?"},
    {"{ viewer @skip(if: true, x: 1) { role } }", "Unknown argument \"x\" on directive \"@skip\"."},
    {"{ events(limit: 1, limit: 1) { cursor } }",
     "There can be only one argument named \"limit\"."},
    {"{ replay { at } }",
     "Field \"replay\" argument \"id\" of type \"ID!\" is required, but it was not provided."},
    {"{ viewer @skip { role } }",
     "Directive \"@skip\" argument \"if\" of type \"Boolean!\" is required, but it was not "
     "provided."},
};
INSTANTIATE_TEST_SUITE_P(Arguments, Documents, testing::ValuesIn(arguments));

// 5.5
constexpr Row fragments[] = {
    {"{ ...F } fragment F on Query { __typename } fragment F on Query { __typename }",
     "There can be only one fragment named \"F\"."},
    {"{ ... on Quer { __typename } }", "Unknown type \"Quer\". Did you mean \"Query\"?"},
    {"{ ... on String { x } }", "Fragment cannot condition on non composite type \"String\"."},
    {"{ __typename } fragment F on JSON { x }",
     "Fragment \"F\" cannot condition on non composite type \"JSON\"."},
    {"{ __typename } fragment F on Query { __typename }", "Fragment \"F\" is never used."},
    {"{ ...F }", "Unknown fragment \"F\"."},
    {"{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
     "Cannot spread fragment \"A\" within itself via \"B\"."},
    {"{ ...A } fragment A on Query { viewer { role } ...A }",
     "Cannot spread fragment \"A\" within itself."},
    {"{ ... on Viewer { role } }",
     "Fragment cannot be spread here as objects of type \"Query\" can never be of type "
     "\"Viewer\"."},
    {"{ events { events { ...F } } } fragment F on Replay { at }",
     "Fragment \"F\" cannot be spread here as objects of type \"LiveEvent\" can never be of type "
     "\"Replay\"."},
    {"{ events { events { ... on ScheduleUpdate { ... on LiveEvent { __typename } } } } }", ""},
};
INSTANTIATE_TEST_SUITE_P(Fragments, Documents, testing::ValuesIn(fragments));

// 5.6
constexpr Row values[] = {
    {"{ events(limit: \"x\") { cursor } }", "Int cannot represent non-integer value: \"x\""},
    {"{ events(limit: 3000000000) { cursor } }",
     "Int cannot represent non 32-bit signed integer value: 3000000000"},
    {"{ events(limit: null) { cursor } }", "Expected value of type \"Int!\", found null."},
    {"{ events(after: 1) { cursor } }", "Cursor cannot represent a non string value: 1"},
    {"{ replay(id: 1.5) { at } }", "ID cannot represent a non-string and non-integer value: 1.5"},
    {"{ deadLetters(filter: {state: DEA}) { next } }",
     "Value \"DEA\" does not exist in \"DeadLetterState\" enum. Did you mean the enum value "
     "\"DEAD\"?"},
    {"{ deadLetters(filter: {state: \"DEAD\"}) { next } }",
     "Enum \"DeadLetterState\" cannot represent non-enum value: \"DEAD\". Did you mean the enum "
     "value \"DEAD\"?"},
    {"{ deadLetters(filter: {erro: \"x\"}) { next } }",
     "Field \"erro\" is not defined by type \"DeadLetterFilter\". Did you mean \"error\"?"},
    {"{ deadLetters(filter: [1]) { next } }",
     "Expected value of type \"DeadLetterFilter\", found [1]."},
    {"{ events(limit: [1]) { cursor } }", "Expected value of type \"Int!\", found [1]."},
    {"{ presence(scheduleIds: \"one\") { complete } }", ""},
    {"mutation { discardDeadLetters(selection: {all: 1}, reason: \"x\") { letters } }",
     "Boolean cannot represent a non boolean value: 1"},
    {"mutation { publish(event: {a: 1, a: 2}) { eventId } }",
     "There can be only one input field named \"a\"."},
    {"mutation { publish(event: [1.5, {x: NAME}, null]) { eventId } }", ""},
};
INSTANTIATE_TEST_SUITE_P(Values, Documents, testing::ValuesIn(values));

// 5.7
constexpr Row directives[] = {
    {"{ viewer @nope { role } }", "Unknown directive \"@nope\"."},
    {"query @skip(if: true) { __typename }", "Directive \"@skip\" may not be used on QUERY."},
    {"{ viewer @skip(if: true) @skip(if: false) { role } }",
     "The directive \"@skip\" can only be used once at this location."},
};
INSTANTIATE_TEST_SUITE_P(Directives, Documents, testing::ValuesIn(directives));

// 5.8
constexpr Row variables[] = {
    {"query ($a: Int!, $a: Int!) { events(limit: $a) { cursor } }",
     "There can be only one variable named \"$a\"."},
    {"query ($a: Viewer) { __typename }", "Variable \"$a\" cannot be non-input type \"Viewer\"."},
    {"query Q { ...F } fragment F on Query { events(limit: $a) { cursor } }",
     "Variable \"$a\" is not defined by operation \"Q\"."},
    {"query Q($a: Int) { __typename }", "Variable \"$a\" is never used in operation \"Q\"."},
    {"query ($a: Int) { replay(id: $a) { at } }",
     "Variable \"$a\" of type \"Int\" used in position expecting type \"ID!\"."},
    {"query ($a: [ID]) { presence(scheduleIds: $a) { complete } }",
     "Variable \"$a\" of type \"[ID]\" used in position expecting type \"[ID!]\"."},
    {"query ($a: Int = \"x\") { events(limit: $a) { cursor } }",
     "Int cannot represent non-integer value: \"x\""},
    {"query ($a: Int = 5) { events(limit: $a) { cursor } }", ""},
};
INSTANTIATE_TEST_SUITE_P(Variables, Documents, testing::ValuesIn(variables));

TEST(Introspection, IsLimitedWhereTypesReferToThemselves) {
    EXPECT_EQ(
        first_error("{ __schema { types { fields { type { fields { type { fields { name } } } "
                    "} } } } }"),
        "Maximum introspection depth exceeded");
    EXPECT_EQ(
        first_error("{ ...Q } fragment Q on Query { __type(name: \"X\") { ...T } } fragment T "
                    "on __Type { fields { type { fields { type { possibleTypes { name } } } } "
                    "} }"),
        "Maximum introspection depth exceeded");
}

TEST(Introspection, CanBeDisabled) {
    EXPECT_EQ(
        first_error("{ __schema { types { name } } }", {}, {.introspection = false}),
        "GraphQL introspection has been disabled, but the requested query contained the field "
        "\"__schema\".");
    EXPECT_EQ(first_error("{ __typename }", {}, {.introspection = false}), "");
}

TEST(Validation, LimitsTheNumberOfReportedErrors) {
    std::string query = "{ viewer { ";
    for (int i = 0; i < 100; ++i) query += "nope" + std::to_string(i) + ' ';
    EXPECT_EQ(prepared(query + "} }", {}, {.errors_max = 7}).errors.size(), 7u);
}

}  // namespace
}  // namespace rotacast::graphql
