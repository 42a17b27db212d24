#include "cluster/ordering_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

const Joined joined_at_0{.epoch = "e1", .agreed = 0, .first = 1, .last = 0};

AppendAnswer appended(std::vector<std::vector<AppendedEvent>> requests) {
    AppendAnswers answers;
    for (auto& events : requests) answers.items.emplace_back(Appended{std::move(events)});
    return answers;
}

OrderRequestPtr with_claim(OrderRequestPtr plain) {
    auto claimed = std::make_shared<OrderRequest>(*plain);
    claimed->claims.push_back({0, std::nullopt});
    return claimed;
}

TEST(Submissions, APublisherIsAnsweredWhenTheReplicaHasItsEvents) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(7, request({1, 2}));
    const auto call = node.call<AppendCall>();
    ASSERT_TRUE(call);
    EXPECT_EQ(call->second.identity, "redis 1");
    EXPECT_FALSE(call->second.items[0].answered);
    node.machine().answered(call->first,
                            appended({{{event_number(1), 1, false}, {event_number(2), 2, false}}}));
    EXPECT_FALSE(node.next<AnswerPublisher>());
    node.machine().stream_read(node.next<ReadStream>()->id, {record(1, 1), record(2, 2)});
    EXPECT_TRUE(node.next<StoreRecords>());
    EXPECT_FALSE(node.next<AnswerPublisher>());
    node.machine().replica_stored(2);
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer && answer->answer);
    EXPECT_EQ(answer->ticket, 7u);
    EXPECT_EQ((*answer->answer)[1].offset, 2u);
    EXPECT_EQ((*answer->answer)[1].epoch, "e1");
    EXPECT_FALSE(node.next<WriteOutbox>());
}

TEST(Submissions, TheTailIsFasterThanTheAnswerWhichAloneKnowsOfDuplicates) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(7, request({1}));
    const auto call = node.call<AppendCall>();
    node.machine().stream_read(node.next<ReadStream>()->id, {record(1, 1)});
    node.machine().replica_stored(1);
    EXPECT_FALSE(node.next<AnswerPublisher>());
    node.machine().answered(call->first, appended({{{event_number(1), 1, true}}}));
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer && answer->answer);
    EXPECT_TRUE(answer->answer->front().duplicate) << "another node's request brought it";
}

TEST(Submissions, WhatTheTailBroughtIsAnsweredThoughTheAnswerIsLost) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(7, request({1}));
    ASSERT_TRUE(node.call<AppendCall>());
    node.machine().stream_read(node.next<ReadStream>()->id, {record(1, 1)});
    node.machine().replica_stored(1);
    node.machine().disconnected();
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer && answer->answer);
    EXPECT_EQ(answer->answer->front().offset, 1U);
    EXPECT_FALSE(node.next<WriteOutbox>());
}

TEST(Submissions, EachEventOfARequestIsNoticedAlsoOneThatItHasTwice) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(7, request({1, 2, 1, 3}));
    ASSERT_TRUE(node.call<AppendCall>());
    node.machine().stream_read(node.next<ReadStream>()->id,
                               {record(1, 1), record(2, 2), record(3, 3)});
    node.machine().replica_stored(3);
    node.machine().disconnected();
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer && answer->answer);
    std::vector<Offset> offsets;
    for (const auto& receipt : *answer->answer) offsets.push_back(receipt.offset);
    EXPECT_EQ(offsets, (std::vector<Offset>{1, 2, 1, 3}));
}

TEST(Submissions, ADuplicateThatTheReplicaHasIsAnsweredAtOnce) {
    OrderingDriver node({.epoch = "e1", .first = 1, .last = 5});
    node.join({.epoch = "e1", .agreed = 5, .last = 5});
    node.machine().submit(7, request({3}));
    node.machine().answered(node.call<AppendCall>()->first,
                            appended({{{event_number(3), 3, true}}}));
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer && answer->answer);
    EXPECT_TRUE(answer->answer->front().duplicate);
}

TEST(Submissions, ARefusalIsAnError) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(1, request({1}));
    node.machine().answered(
        node.call<AppendCall>()->first,
        AppendAnswer(AppendAnswers{{Refused{Refused::Why::version_conflict, 0, 4}}}));
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->answer.error().code, ErrorCode::version_conflict);
    EXPECT_EQ(answer->answer.error().path, "/0/expected_version");
    EXPECT_NE(answer->answer.error().message.find("e1.4"), std::string::npos);
}

TEST(Submissions, WithoutRedisTheOutboxKeepsAndLocalPeopleAreShown) {
    OrderingDriver node;
    node.machine().submit(7, request({1}));
    EXPECT_EQ(node.next<WriteOutbox>()->ticket, 7u);
    EXPECT_FALSE(node.next<AnswerPublisher>());
    node.machine().outbox_stored(7);
    EXPECT_EQ(node.next<ShowUnordered>()->ticket, 7u);
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer && answer->answer);
    EXPECT_EQ(answer->answer->front().offset, 0u);
    EXPECT_EQ(node.machine().status().outbox_rows, 1u);
}

TEST(Submissions, WhatTheOutboxCannotKeepIsRefused) {
    OrderingDriver node;
    node.machine().submit(7, request({1}));
    node.machine().outbox_failed(7, {ErrorCode::unavailable, "full", ""});
    EXPECT_EQ(node.next<AnswerPublisher>()->answer.error().message, "full");
    EXPECT_EQ(node.machine().status().outbox_rows, 0u);
}

TEST(Submissions, AnExpectedVersionIsNotPromisedWithoutRedis) {
    OrderingDriver node;
    node.machine().submit(7, with_claim(request({1})));
    EXPECT_FALSE(node.next<WriteOutbox>());
    EXPECT_EQ(node.next<AnswerPublisher>()->answer.error().code, ErrorCode::unavailable);
    node.join(joined_at_0);
    node.machine().submit(8, with_claim(request({2})));
    ASSERT_TRUE(node.call<AppendCall>());
    node.machine().disconnected();
    EXPECT_FALSE(node.next<WriteOutbox>());
    EXPECT_NE(node.next<AnswerPublisher>()->answer.error().message.find("not known"),
              std::string::npos);
}

TEST(Submissions, WhatIsUnknownGoesToTheOutboxInItsOrder) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(1, request({1}));
    node.machine().submit(2, request({2}));
    const auto first = node.call<AppendCall>();
    // Appended, but the replica has not stored it: Redis may lose it again.
    node.machine().answered(first->first, appended({{{event_number(1), 1, false}}}));
    node.machine().disconnected();
    EXPECT_EQ(node.next<WriteOutbox>()->ticket, 1u);
    EXPECT_EQ(node.next<WriteOutbox>()->ticket, 2u);
}

TEST(Submissions, WhatTheReplicaIsStoringIsAnsweredWithItsOffset) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(1, request({1}));
    node.machine().stream_read(node.next<ReadStream>()->id, {record(1, 1)});
    node.machine().disconnected();
    EXPECT_FALSE(node.next<WriteOutbox>());
    node.machine().replica_stored(1);
    EXPECT_EQ(node.next<AnswerPublisher>()->answer->front().offset, 1u);
}

TEST(Submissions, TheOutboxGoesFirst) {
    OrderingDriver node({.epoch = "e1"}, 2);
    node.machine().answered(node.connect().first, HelloAnswer(joined_at_0));
    node.machine().submit(5, request({5}));
    EXPECT_FALSE(node.call<AppendCall>());
    const auto read = node.next<ReadOutbox>();
    EXPECT_EQ(read->after, 0u);
    node.machine().outbox_read(read->id, {{11, request({1})}, {12, request({2})}});
    const auto rows = node.call<AppendCall>();
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->second.items.size(), 2u);
    EXPECT_FALSE(node.call<AppendCall>());  // there may be more
    const auto more = node.next<ReadOutbox>();
    EXPECT_EQ(more->after, 12u);
    node.machine().outbox_read(more->id, {});
    // It follows on the same connection, without waiting for the answer.
    EXPECT_EQ(node.call<AppendCall>()->second.items.front().request->events.front().id,
              event_number(5));
}

TEST(Submissions, ARowLeavesTheOutboxWhenTheReplicaHasIt) {
    OrderingDriver node({.epoch = "e1"}, 1);
    node.join(joined_at_0, {{11, request({1})}});
    node.machine().answered(node.call<AppendCall>()->first,
                            appended({{{event_number(1), 1, false}}}));
    EXPECT_FALSE(node.next<RemoveOutbox>());
    node.machine().stream_read(node.next<ReadStream>()->id, {record(1, 1)});
    node.machine().replica_stored(1);
    EXPECT_EQ(node.next<RemoveOutbox>()->numbers, std::vector<std::uint64_t>{11});
    EXPECT_EQ(node.machine().status().outbox_rows, 0u);
    EXPECT_FALSE(node.next<AnswerPublisher>());
}

TEST(Submissions, RowsThatTheReplicaHasNotStoredAreBounded) {
    OrderingOptions options;
    options.unstored_rows_bytes_max = 1;
    OrderingDriver node({.epoch = "e1"}, 2, options);
    node.join(joined_at_0, {{11, request({1})}, {12, request({2})}});
    const auto first = node.call<AppendCall>();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->second.items.size(), 1U);
    node.machine().answered(first->first, appended({{{event_number(1), 1, false}}}));
    EXPECT_FALSE(node.call<AppendCall>()) << "the replica does not have the first";
    node.machine().stream_read(node.next<ReadStream>()->id, {record(1, 1)});
    node.machine().replica_stored(1);
    const auto second = node.call<AppendCall>();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->second.items.front().request->events.front().id, event_number(2));
}

TEST(Submissions, WhoWaitsTooLongBehindTheOutboxIsPutIntoIt) {
    OrderingDriver node({.epoch = "e1"}, 1);
    node.machine().answered(node.connect().first, HelloAnswer(joined_at_0));
    node.machine().submit(5, request({5}));
    node.machine().tick(Milliseconds(199));
    EXPECT_FALSE(node.next<WriteOutbox>());
    node.machine().tick(Milliseconds(200));
    EXPECT_EQ(node.next<WriteOutbox>()->ticket, 5u);
}

TEST(Submissions, ARefusedRowIsTold) {
    OrderingDriver node({.epoch = "e1"}, 1);
    node.join(joined_at_0, {{11, request({1})}});
    node.machine().answered(
        node.call<AppendCall>()->first,
        AppendAnswer(AppendAnswers{{Refused{Refused::Why::event_conflict, 0, 0}}}));
    EXPECT_EQ(node.next<RowRefused>()->row.number, 11u);
    EXPECT_TRUE(node.next<RemoveOutbox>());
}

TEST(Submissions, SettlingSendsEverythingToTheOutbox) {
    OrderingDriver node;
    node.join(joined_at_0);
    node.machine().submit(1, request({1}));
    node.machine().answered(node.call<AppendCall>()->first, AppendAnswer(HelloAgain{}));
    EXPECT_TRUE(node.next<WriteOutbox>());
    EXPECT_TRUE(node.next<ReadWitnesses>());
}

TEST(Submissions, WhatWaitsIsBounded) {
    OrderingOptions options;
    options.pending_requests_max = 1;
    OrderingDriver node({.epoch = "e1"}, 0, options);
    node.machine().submit(1, request({1}));
    node.machine().submit(2, request({2}));
    const auto answer = node.next<AnswerPublisher>();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->ticket, 2u);
    EXPECT_EQ(answer->answer.error().code, ErrorCode::unavailable);
    node.machine().outbox_stored(1);
    node.machine().submit(3, request({3}));
    EXPECT_TRUE(node.next<AnswerPublisher>()->answer);
    EXPECT_FALSE(node.next<AnswerPublisher>());
}

TEST(Submissions, CallsInFlightAreBounded) {
    OrderingOptions options;
    options.calls_in_flight_max = 1;
    options.call_requests_max = 2;
    OrderingDriver node({.epoch = "e1"}, 0, options);
    node.join(joined_at_0);
    for (std::uint8_t i = 1; i <= 4; ++i) node.machine().submit(i, request({i}));
    const auto first = node.call<AppendCall>();
    EXPECT_EQ(first->second.items.size(), 1u);
    EXPECT_FALSE(node.call<AppendCall>());
    node.machine().answered(first->first, appended({{{event_number(1), 1, false}}}));
    EXPECT_EQ(node.call<AppendCall>()->second.items.size(), 2u);
}

}  // namespace
}  // namespace rotacast::cluster
