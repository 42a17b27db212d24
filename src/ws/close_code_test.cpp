#include "ws/close_code.hpp"

#include <gtest/gtest.h>

// The table of docs/protocol.md, "Close codes".

namespace rotacast::ws {
namespace {

using enum ErrorCode;

TEST(CloseCode, MatchesTheDocumentForV1) {
    const std::pair<ErrorCode, CloseCode> rows[] = {
        {too_large, {1009, "too_large", Reconnect::without_the_message}},
        {token_missing, {4401, "token_missing", Reconnect::with_new_token}},
        {token_invalid, {4401, "token_invalid", Reconnect::with_new_token}},
        {token_expired, {4401, "token_expired", Reconnect::with_new_token}},
        {token_revoked, {4401, "token_revoked", Reconnect::with_new_token}},
        {user_inactive, {4403, "user_inactive", Reconnect::no}},
        {origin_refused, {4403, "origin_refused", Reconnect::no}},
        {authentication_timeout,
         {4408, "authentication_timeout", Reconnect::authenticating_in_time}},
        {slow_consumer, {4410, "slow_consumer", Reconnect::with_resume}},
        {too_many_connections, {4429, "too_many_connections", Reconnect::with_backoff}},
        {too_many_commands, {4429, "too_many_commands", Reconnect::with_backoff}},
        {too_many_upgrades, {4429, "too_many_upgrades", Reconnect::with_backoff}},
        {unavailable, {4503, "unavailable", Reconnect::with_backoff}},
        {internal, {1011, "", Reconnect::with_backoff}},
    };
    for (const auto& [error, close] : rows) EXPECT_EQ(v1_close_code(error), close) << close.reason;
    EXPECT_EQ(close::server_draining.code, 1001);
    EXPECT_EQ(close::please_reconnect.code, 4412);
}

TEST(CloseCode, Is1011ForABugInTheServer) {
    EXPECT_EQ(v1_close_code(bad_json).code, 1011);
}

TEST(CloseCode, HasTheErrorsNameAsItsReason) {
    for (const auto& row : v1_refusal_closes)
        EXPECT_TRUE(row.close.reason.empty() || row.close.reason == info(row.error).name)
            << row.close.reason;
}

TEST(CloseCode, Is1008Or1013ForClassicClients) {
    for (const auto error : {token_missing,
                             token_invalid,
                             token_expired,
                             token_revoked,
                             user_inactive,
                             origin_refused,
                             slow_consumer,
                             too_many_commands,
                             bad_json})
        EXPECT_EQ(classic_close_code(error).code, 1008) << info(error).name;
    for (const auto error : {unavailable, internal, too_many_connections, too_many_upgrades})
        EXPECT_EQ(classic_close_code(error).code, 1013) << info(error).name;
    EXPECT_EQ(classic_close_code(token_expired).reason, "token_expired");
    EXPECT_EQ(classic_close_code(internal).reason, "internal");
    EXPECT_EQ(classic_close_code(slow_consumer).reconnect, Reconnect::with_backoff);
    EXPECT_EQ(close::classic_please_reconnect.code, 1012);
}

}  // namespace
}  // namespace rotacast::ws
