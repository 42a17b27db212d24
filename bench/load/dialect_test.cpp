#include "load/dialect.hpp"

#include <gtest/gtest.h>

namespace rotacast::bench {
namespace {

TEST(Dialect, ClassifiesMessagesOfAClassicServer) {
    const auto hear = classic().hear;
    EXPECT_EQ(hear(R"({"event_type":"schedule_updated","timestamp":)"), Heard::event);
    EXPECT_EQ(hear(R"({"event_type":"pong","timestamp":)"), Heard::caught_up);
    EXPECT_EQ(hear(R"({"event_type":"connection_ack")"), Heard::other);
}

TEST(Dialect, ClassifiesMessagesOfAGraphqlServer) {
    const auto hear = graphql_transport_ws().hear;
    EXPECT_EQ(hear(R"({"id":"a","type":"next","payload":{"data":{"scheduleUpdates":{)"),
              Heard::event);
    EXPECT_EQ(hear(R"({"type":"connection_ack"})"), Heard::greeted);
    EXPECT_EQ(hear(R"({"type":"pong"})"), Heard::caught_up);
}

TEST(Dialect, IgnoresResultsWithoutData) {
    const auto hear = graphql_transport_ws().hear;
    EXPECT_EQ(hear(R"({"id":"a","type":"next","payload":{"data":null,"errors":[)"), Heard::other);
    EXPECT_EQ(hear(R"({"id":"a","type":"next","payload":{"errors":[)"), Heard::other);
    EXPECT_EQ(hear(R"({"id":"a","type":"error","payload":[{"message":)"), Heard::refused);
    EXPECT_EQ(hear(R"({"id":"a","type":"complete"})"), Heard::refused);
}

}  // namespace
}  // namespace rotacast::bench
