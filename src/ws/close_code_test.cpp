#include "ws/close_code.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

// The tables of docs/protocol.md, "Close codes". That clients come back, or do not, is measured in
// tests/integration/client_retries.test.mjs.

namespace rotacast::ws {
namespace {

using enum ErrorCode;

// The longest reason that fits beside the code in a control frame (RFC 6455 §5.5).
constexpr std::size_t reason_bytes_max = 123;

std::string_view name_in(std::string_view reason) {
    return reason.substr(0, reason.find(':'));
}

TEST(CloseCode, IsTheDocumentedOneInV1AndInGraphql) {
    struct Row {
        ErrorCode error;
        int v1;
        int graphql;
    };
    const Row rows[] = {
        {token_missing, 4401, 4401},
        {token_invalid, 4401, 4401},
        {token_expired, 4401, 4403},
        {token_revoked, 4401, 4403},
        {user_inactive, 4403, 4401},
        {origin_refused, 4403, 4401},
        {authentication_timeout, 4408, 4408},
        {slow_consumer, 4410, 4410},
        {too_many_connections, 4429, 4503},
        {too_many_commands, 4429, 4503},
        {too_many_upgrades, 4429, 4503},
        {unavailable, 4503, 4503},
        {internal, 1011, 4503},
    };
    EXPECT_EQ(std::size(rows), std::size(closing_errors));
    for (const auto& row : rows) {
        EXPECT_EQ(v1_close_code(row.error).code, row.v1) << info(row.error).name;
        EXPECT_EQ(graphql_close_code(row.error).code, row.graphql) << info(row.error).name;
    }
    EXPECT_EQ(close::server_draining.code, 1001);
    EXPECT_EQ(close::please_reconnect.code, 4412);
    EXPECT_EQ(close::keepalive_timeout.code, 1011);
    EXPECT_EQ(close::graphql_keepalive_timeout.code, 4408);
}

// Codes after which npm's graphql-ws gives up for good.
TEST(CloseCode, EndsAGraphqlClientOnlyForWhatDoesNotPassByItself) {
    constexpr std::array final_errors{token_missing, token_invalid, user_inactive, origin_refused};
    for (const auto& row : closing_errors) {
        const bool final_code = row.graphql == 4400 || row.graphql == 4401 || row.graphql == 4406 ||
                                row.graphql == 4409 || row.graphql == 4429 || row.graphql == 4500 ||
                                row.graphql < 2000;
        EXPECT_EQ(final_code, std::ranges::find(final_errors, row.error) != final_errors.end())
            << info(row.error).name;
    }
}

TEST(CloseCode, IsInternalForABugInTheServer) {
    EXPECT_EQ(v1_close_code(bad_json), v1_close_code(internal));
    EXPECT_EQ(graphql_close_code(bad_json), graphql_close_code(internal));
}

TEST(CloseReason, BeginsWithTheErrorsNameAndThenSaysWhatToDo) {
    EXPECT_EQ(close_reason(token_expired), "token_expired: Refresh the token or log in again.");
    for (const auto& row : error_table()) EXPECT_EQ(name_in(close_reason(row.code)), row.name);
    for (const auto& row : closing_errors) {
        EXPECT_EQ(v1_close_code(row.error).reason, close_reason(row.error));
        EXPECT_EQ(graphql_close_code(row.error).reason, close_reason(row.error));
    }
    EXPECT_EQ(name_in(close::server_draining.reason), "server_draining");
    EXPECT_EQ(name_in(close::please_reconnect.reason), "please_reconnect");
    EXPECT_EQ(name_in(close::keepalive_timeout.reason), "keepalive_timeout");
}

TEST(CloseReason, FitsIntoACloseFrame) {
    for (const auto& row : error_table())
        EXPECT_LE(close_reason(row.code).size(), reason_bytes_max) << row.name;
    for (const auto& code :
         {close::server_draining, close::please_reconnect, close::keepalive_timeout})
        EXPECT_LE(code.reason.size(), reason_bytes_max) << code.reason;
}

TEST(CloseCode, Is1008Or1013AndTheNameAloneForClassicClients) {
    for (const auto error : {token_missing,
                             token_invalid,
                             token_expired,
                             token_revoked,
                             user_inactive,
                             origin_refused,
                             slow_consumer,
                             too_many_commands,
                             bad_json})
        EXPECT_EQ(classic_close_code(error), (CloseCode{1008, info(error).name, error}));
    for (const auto error : {unavailable, internal, too_many_connections, too_many_upgrades})
        EXPECT_EQ(classic_close_code(error), (CloseCode{1013, info(error).name, error}));
    EXPECT_EQ(close::classic_please_reconnect.code, 1012);
    EXPECT_EQ(close::classic_please_reconnect.reason, "please_reconnect");
}

}  // namespace
}  // namespace rotacast::ws
