#include "app/options.hpp"

#include "http/sse_session.hpp"

#include <gtest/gtest.h>

namespace rotacast::app {
namespace {

// Numbers take their initializers from the configuration. Choices are words there and enumerators
// in the rooms.
TEST(Options, OfTheDefaultConfigurationAreTheDefaultsOfTheRooms) {
    EXPECT_EQ(websocket_options({})->policy, net::WebSocketOptions().policy);
    EXPECT_EQ(websocket_options({})->policy, http::SseOptions().policy);
    EXPECT_EQ(rules_of({}).policy, live::LiveRules::Rules().policy);
    EXPECT_EQ(graphql_rules({}).introspection, execution::Rules().introspection);
    EXPECT_EQ(token_rules({}).algorithms, auth::TokenRules().algorithms);
    EXPECT_EQ(journal_options({}).connection.synchronous, store::ConnectionOptions().synchronous);
}

}  // namespace
}  // namespace rotacast::app
