#include "base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace rotacast {
namespace {

TEST(ErrorTable, IsAscendingAndNamesEachCodeOnce) {
    std::set<std::string_view> names;
    for (const auto& row : error_table()) EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(std::ranges::is_sorted(
        error_table(), std::ranges::less_equal{}, [](const auto& row) { return row.code; }));
}

TEST(ErrorTable, HasAMessageAndAnHttpStatusForEachCode) {
    for (const auto& row : error_table()) {
        EXPECT_TRUE(row.advice.ends_with('.')) << row.name;
        EXPECT_GE(row.http_status, 400) << row.name;
        EXPECT_LE(row.http_status, 599) << row.name;
    }
}

// Clients rely on the numbers: they must not change.
TEST(ErrorTable, KeepsTheNumbersThatClientsKnow) {
    struct Row {
        int number;
        ErrorCode code;
        std::string_view name;
    };
    using enum ErrorCode;
    const Row rows[] = {
        {1000, bad_json, "bad_json"},
        {1001, invalid_field, "invalid_field"},
        {1002, missing_field, "missing_field"},
        {1003, unknown_event_type, "unknown_event_type"},
        {1004, empty_request, "empty_request"},
        {1005, too_many_events, "too_many_events"},
        {1006, too_large, "too_large"},
        {1007, idempotency_conflict, "idempotency_conflict"},
        {1008, bad_request, "bad_request"},
        {1009, unknown_action, "unknown_action"},
        {1010, version_conflict, "version_conflict"},
        {1011, cursor_invalid, "cursor_invalid"},
        {1012, not_acceptable, "not_acceptable"},
        {1013, unsupported_media_type, "unsupported_media_type"},
        {1014, graphql_syntax, "graphql_syntax"},
        {1015, graphql_validation, "graphql_validation"},
        {1100, rate_limited, "rate_limited"},
        {1101, too_many_subscriptions, "too_many_subscriptions"},
        {1102, too_many_connections, "too_many_connections"},
        {1103, too_many_commands, "too_many_commands"},
        {1104, too_many_upgrades, "too_many_upgrades"},
        {1105, slow_consumer, "slow_consumer"},
        {1106, authentication_timeout, "authentication_timeout"},
        {1108, too_many_operations, "too_many_operations"},
        {1200, unauthenticated, "unauthenticated"},
        {1201, token_missing, "token_missing"},
        {1202, token_invalid, "token_invalid"},
        {1203, token_expired, "token_expired"},
        {1204, token_revoked, "token_revoked"},
        {1205, user_inactive, "user_inactive"},
        {1206, bad_credentials, "bad_credentials"},
        {1207, identity_changed, "identity_changed"},
        {1300, forbidden, "forbidden"},
        {1301, origin_refused, "origin_refused"},
        {1400, not_found, "not_found"},
        {1401, method_not_allowed, "method_not_allowed"},
        {1402, conflict, "conflict"},
        {1500, unavailable, "unavailable"},
        {1501, internal, "internal"},
        {1600, config_invalid, "config_invalid"},
    };
    EXPECT_EQ(std::size(rows), error_table().size());
    for (const auto& row : rows) {
        EXPECT_EQ(static_cast<int>(row.code), row.number);
        EXPECT_EQ(info(row.code).name, row.name);
    }
}

TEST(Error, FallsBackToTheCodesMessageAndEscapes) {
    EXPECT_EQ(
        to_json({ErrorCode::unknown_action, "", "/a\"b"}),
        R"({"error":{"code":1009,"name":"unknown_action","message":"Use an action of docs/protocol.md.","path":"/a\"b"}})");
    EXPECT_EQ(to_json({ErrorCode::identity_changed, "No.", ""}),
              R"({"error":{"code":1207,"name":"identity_changed","message":"No.","path":""}})");
}

TEST(Error, ListsAllIfThereAreSeveral) {
    std::optional<Error> error;
    EXPECT_TRUE(add_error(error, {ErrorCode::invalid_field, "A.", "/a"}));
    EXPECT_TRUE(add_error(error, {ErrorCode::missing_field, "B.", "/b"}));
    EXPECT_EQ(
        to_json(*error),
        R"({"error":{"code":1001,"name":"invalid_field","message":"A.","path":"/a"},"errors":[)"
        R"({"code":1001,"name":"invalid_field","message":"A.","path":"/a"},)"
        R"({"code":1002,"name":"missing_field","message":"B.","path":"/b"}]})");
}

TEST(Error, HasABoundedNumberOfOthers) {
    std::optional<Error> several = Error{ErrorCode::invalid_field, "", "/0"};
    for (std::size_t i = 1; i < 20; ++i) add_error(several, {ErrorCode::invalid_field, "", "/x"});
    std::optional<Error> error = Error{ErrorCode::invalid_field, "", "/first"};
    EXPECT_TRUE(add_error(error, *several));
    EXPECT_FALSE(add_error(error, *several));
    EXPECT_FALSE(add_error(error, *several));
    EXPECT_EQ(error->others.size() + 1, errors_reported_max);
    EXPECT_EQ(error->others.front().path, "/0");
    for (const auto& other : error->others) EXPECT_TRUE(other.others.empty());
}

}  // namespace
}  // namespace rotacast
