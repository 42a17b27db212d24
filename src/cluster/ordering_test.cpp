#include "cluster/ordering.hpp"

#include "cluster/ordering_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

const ReplicaState ten{.epoch = "e1", .first = 1, .last = 10, .shown = 10};
const Joined all_of_it{.epoch = "e1", .agreed = 10, .first = 1, .last = 10};

TEST(Tail, AnEntryOfAnotherEpochIsNotStored) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().stream_read(node.next<ReadStream>()->id, {record(11, 11), record(12, 12, "r2")});
    EXPECT_EQ(node.next<StoreRecords>()->records.size(), 1u);
    EXPECT_NE(node.stage(), Stage::online);
    node.machine().replica_stored(11);
    EXPECT_EQ(node.hello().second.last, 11u);
}

TEST(Tail, AHoleIsNotStored) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().stream_read(node.next<ReadStream>()->id, {record(12, 12)});
    EXPECT_FALSE(node.next<StoreRecords>());
    EXPECT_TRUE(node.next<ReadWitnesses>());
}

TEST(Tail, ReadsNoMoreThanTheReplicaCanStore) {
    OrderingOptions options;
    options.unstored_bytes_max = 1;
    OrderingDriver node(ten, 0, options);
    node.join(all_of_it);
    node.machine().stream_read(node.next<ReadStream>()->id, {record(11, 11)});
    EXPECT_FALSE(node.next<ReadStream>());
    node.machine().replica_stored(11);
    EXPECT_EQ(node.next<ReadStream>()->after, 11u);
}

TEST(Tail, ALateAnswerIsIgnored) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    const auto late = node.next<ReadStream>()->id;
    node.machine().disconnected();
    node.join(all_of_it);
    node.machine().stream_read(late, {record(11, 11)});
    EXPECT_FALSE(node.next<StoreRecords>());
}

TEST(Upkeep, GivesSignsOfLifeAndTrims) {
    OrderingOptions options;
    options.stream_entries = 4;
    OrderingDriver node(ten, 0, options);
    node.join(all_of_it);
    node.machine().tick(Milliseconds(100));
    const auto sign = node.call<SignOfLifeCall>();
    EXPECT_EQ(sign->second.position, 10u);
    node.machine().answered(sign->first, SignAnswer(SignSeen{.first = 1, .last = 10}));
    node.machine().tick(Milliseconds(1'000));
    EXPECT_FALSE(node.call<SignOfLifeCall>());
    node.machine().tick(Milliseconds(1'100));
    node.machine().answered(node.call<SignOfLifeCall>()->first,
                            SignAnswer(SignSeen{.first = 1, .last = 10}));
    node.machine().tick(Milliseconds(2'000));
    node.machine().stream_read(node.next<ReadStream>()->id, {});
    node.machine().tick(Milliseconds(4'999));
    node.machine().stream_read(node.next<ReadStream>()->id, {});
    node.machine().tick(Milliseconds(5'000));
    EXPECT_EQ(node.call<TrimCall>()->second.before, 7u);
}

TEST(Upkeep, TrimsOnAtOnceAsLongAsThatHelps) {
    OrderingOptions options;
    options.stream_entries = 4;
    options.call_timeout = Milliseconds(60'000);
    OrderingDriver node(ten, 0, options);
    node.join(all_of_it);
    const auto trim_at = [&](int ms) {
        node.machine().tick(Milliseconds(ms));
        return node.call<TrimCall>();
    };
    const auto answer = [&](const auto& call, Offset first) {
        node.machine().answered(call->first, TrimAnswer(Trimmed{first}));
    };
    const auto first = trim_at(5'000);
    ASSERT_TRUE(first);
    answer(first, 3);
    const auto second = trim_at(5'001);
    ASSERT_TRUE(second) << "all of it was not trimmed";
    answer(second, 5);
    const auto third = trim_at(5'002);
    ASSERT_TRUE(third);
    answer(third, 5);
    EXPECT_FALSE(trim_at(5'003)) << "another node has not read further";
    const auto later = trim_at(10'002);
    ASSERT_TRUE(later);
    answer(later, 7);
    EXPECT_FALSE(trim_at(10'003)) << "nothing is left to trim";
}

TEST(Upkeep, ASignIsRepeatedAtOnceForWhoWaitsForIt) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().tick(Milliseconds(100));
    node.machine().answered(
        node.call<SignOfLifeCall>()->first,
        SignAnswer(
            SignSeen{.last = 10, .nodes = {{.id = "n2", .waits = true}}, .time = Milliseconds(5)}));
    node.machine().tick(Milliseconds(101));
    EXPECT_EQ(node.call<SignOfLifeCall>()->second.heard, Milliseconds(5));
}

// socket.io-redis-streams-adapter#32: a reader whose position is above a stream that was put back
// waits for ever.
TEST(Upkeep, AStreamThatIsShorterThanTheReplicaIsNoticed) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().tick(Milliseconds(100));
    node.machine().answered(node.call<SignOfLifeCall>()->first,
                            SignAnswer(SignSeen{.first = 1, .last = 9}));
    EXPECT_TRUE(node.next<ReadWitnesses>());
}

TEST(Ordering, AHalfOpenConnectionIsReplaced) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().tick(Milliseconds(100));
    ASSERT_TRUE(node.call<SignOfLifeCall>());
    node.machine().tick(Milliseconds(2'099));
    EXPECT_FALSE(node.next<Reconnect>());
    node.machine().tick(Milliseconds(2'100));
    EXPECT_TRUE(node.next<Reconnect>());
    EXPECT_EQ(node.stage(), Stage::offline);
    EXPECT_FALSE(node.machine().reason().empty());
}

TEST(Ordering, AScriptThatRedisRefusesReplacesTheConnection) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().submit(1, request({1}));
    node.machine().call_failed(node.call<AppendCall>()->first, {ErrorCode::unavailable, "OOM", ""});
    EXPECT_EQ(node.next<Reconnect>()->reason, "OOM");
    EXPECT_TRUE(node.next<WriteOutbox>());
}

TEST(Ordering, AfterADiskFailureItGoesOnFromWhatIsThere) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().submit(1, request({1}));
    node.machine().stream_read(node.next<ReadStream>()->id, {record(11, 1), record(12, 12)});
    node.machine().replica_recovered({.epoch = "e1", .first = 1, .last = 10}, 0);
    EXPECT_EQ(node.next<WriteOutbox>()->ticket, 1u);  // what was being stored is not
    EXPECT_EQ(node.hello().second.last, 10u);
}

TEST(Ordering, WhatTheDiskStoredBeforeItFailedIsAnswered) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().submit(1, request({1}));
    node.machine().stream_read(node.next<ReadStream>()->id, {record(11, 1)});
    node.machine().replica_recovered({.epoch = "e1", .first = 1, .last = 11}, 0);
    EXPECT_EQ(node.next<AnswerPublisher>()->answer->front().offset, 11u);
    EXPECT_FALSE(node.next<WriteOutbox>());
}

TEST(Ordering, SaysGoodBye) {
    OrderingDriver node(ten);
    node.join(all_of_it);
    node.machine().leave();
    EXPECT_TRUE(node.call<SignOfLifeCall>()->second.leaving);
}

}  // namespace
}  // namespace rotacast::cluster
