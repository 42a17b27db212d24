#include "load/dialect.hpp"

#include <gtest/gtest.h>

namespace rotacast::bench {
namespace {

TEST(Dialect, ClassifiesMessagesOfAClassicServer) {
    const auto classify = classic().classify;
    EXPECT_EQ(classify(R"({"event_type":"schedule_updated","timestamp":)"), MessageKind::event);
    EXPECT_EQ(classify(R"({"event_type":"pong","timestamp":)"), MessageKind::caught_up);
    EXPECT_EQ(classify(R"({"event_type":"connection_ack")"), MessageKind::other);
}

TEST(Dialect, ClassifiesMessagesOfAGraphqlServer) {
    const auto classify = graphql_transport_ws().classify;
    EXPECT_EQ(classify(R"({"id":"a","type":"next","payload":{"data":{"scheduleUpdates":{)"),
              MessageKind::event);
    EXPECT_EQ(classify(R"({"type":"connection_ack"})"), MessageKind::greeted);
    EXPECT_EQ(classify(R"({"type":"pong"})"), MessageKind::caught_up);
}

TEST(Dialect, IgnoresResultsWithoutData) {
    const auto classify = graphql_transport_ws().classify;
    EXPECT_EQ(classify(R"({"id":"a","type":"next","payload":{"data":null,"errors":[)"),
              MessageKind::other);
    EXPECT_EQ(classify(R"({"id":"a","type":"next","payload":{"errors":[)"), MessageKind::other);
    EXPECT_EQ(classify(R"({"id":"a","type":"error","payload":[{"message":)"), MessageKind::refused);
    EXPECT_EQ(classify(R"({"id":"a","type":"complete"})"), MessageKind::refused);
}

}  // namespace
}  // namespace rotacast::bench
