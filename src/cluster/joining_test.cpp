// How a node joins: the cases of docs/adr/0053.

#include "cluster/ordering_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

const ReplicaState ten{.epoch = "e1", .first = 1, .last = 10, .shown = 10};

TEST(Joining, GoesOnWhereTheReplicaEnds) {
    OrderingDriver node(ten);
    const auto [id, hello] = node.connect();
    EXPECT_EQ(hello.epoch, "e1");
    EXPECT_EQ(hello.last, 10u);
    EXPECT_EQ(hello.identity, "redis 1");
    EXPECT_EQ(hello.witnesses.size(), 10u);
    node.machine().answered(id, HelloAnswer(Joined{.epoch = "e1", .agreed = 10, .last = 12}));
    EXPECT_EQ(node.stage(), Stage::online);
    EXPECT_EQ(node.next<ReadStream>()->after, 10u);
    EXPECT_FALSE(node.next<Adopt>());
}

TEST(Joining, ShowsTheNewestEntriesAndFewOfTheOlder) {
    OrderingDriver node({.epoch = "e1", .first = 101, .last = 1'100});
    node.machine().connected("redis 1");
    const auto offsets = node.next<ReadWitnesses>()->offsets;
    EXPECT_EQ(offsets.front(), 1'100u);
    EXPECT_EQ(offsets[15], 1'085u);
    EXPECT_EQ(offsets.back(), 588u);
    EXPECT_EQ(offsets.size(), 22u);
}

TEST(Joining, ShowsWhatItIsAskedFor) {
    OrderingDriver node({.epoch = "e1", .first = 1, .last = 1'000});
    node.machine().answered(node.connect().first, HelloAnswer(Show{700}));
    const auto look = node.next<ReadWitnesses>();
    EXPECT_TRUE(std::ranges::count(look->offsets, 700u));
}

TEST(Joining, RestoresWhatRedisLost) {
    OrderingDriver node(ten);
    node.machine().answered(node.connect().first, HelloAnswer(Restore{"e1", 8, 10}));
    const auto read = node.next<ReadReplica>();
    EXPECT_EQ(read->after, 8u);
    node.machine().replica_read(read->id, {record(9, 9), record(10, 10)});
    const auto restore = node.call<RestoreCall>();
    EXPECT_EQ(restore->second.expected_last, 8u);
    EXPECT_EQ(restore->second.records.size(), 2u);
    node.machine().answered(restore->first, RestoreAnswer(Restored{10}));
    const auto [id, hello] = node.hello();
    node.machine().answered(id, HelloAnswer(Joined{.epoch = "e1", .agreed = 10, .last = 10}));
    EXPECT_EQ(node.stage(), Stage::online);
}

TEST(Joining, RestoresInPartsAndSaysHelloIfAnotherWasFaster) {
    OrderingOptions options;
    options.restore_entries = 1;
    OrderingDriver node(ten, 0, options);
    node.machine().answered(node.connect().first, HelloAnswer(Restore{"e1", 8, 10}));
    node.machine().replica_read(node.next<ReadReplica>()->id, {record(9, 9)});
    node.machine().answered(node.call<RestoreCall>()->first, RestoreAnswer(Restored{9}));
    const auto read = node.next<ReadReplica>();
    EXPECT_EQ(read->after, 9u);
    node.machine().replica_read(read->id, {record(10, 10)});
    node.machine().answered(node.call<RestoreCall>()->first, RestoreAnswer(HelloAgain{}));
    EXPECT_TRUE(node.next<ReadWitnesses>());
}

TEST(Joining, RestoresTheNewestEntriesIntoAnEmptyStream) {
    OrderingOptions options;
    options.restore_window = 4;
    OrderingDriver node(ten, 0, options);
    node.machine().answered(node.connect().first, HelloAnswer(Restore{"e1", 0, 10}));
    const auto read = node.next<ReadReplica>();
    EXPECT_EQ(read->after, 6u);
    node.machine().replica_read(read->id, {record(7, 7), record(8, 8)});
    EXPECT_EQ(node.call<RestoreCall>()->second.expected_last, 0u);
}

TEST(Joining, WaitsWhileTheClusterSettles) {
    OrderingDriver node(ten);
    node.machine().tick(Milliseconds(1'000));
    node.machine().answered(node.connect().first, HelloAnswer(Wait{Milliseconds(50)}));
    EXPECT_EQ(node.stage(), Stage::waiting);
    node.machine().tick(Milliseconds(1'049));
    EXPECT_FALSE(node.next<ReadWitnesses>());
    node.machine().tick(Milliseconds(1'050));
    EXPECT_TRUE(node.next<ReadWitnesses>());
}

TEST(Joining, AForkedReplicaGivesBackWhatItAloneHas) {
    OrderingDriver node(ten);
    const Joined joined{
        .epoch = "r2", .former = {{"e1", 7}}, .began = 9, .agreed = 7, .first = 1, .last = 9};
    node.machine().answered(node.connect().first, HelloAnswer(joined));
    const auto adopt = node.next<Adopt>();
    EXPECT_EQ(adopt->epoch, "r2");
    EXPECT_EQ(adopt->keep, 7u);
    EXPECT_EQ(node.stage(), Stage::adopting);
    EXPECT_FALSE(node.next<ReadStream>());

    node.machine().replica_adopted({.epoch = "r2", .former = {{"e1", 7}}, .last = 7}, 3);
    EXPECT_EQ(node.next<ReadStream>()->after, 7u);
    const auto read = node.next<ReadOutbox>();
    node.machine().outbox_read(read->id,
                               {{1, request({8})}, {2, request({9})}, {3, request({10})}});
    const auto append = node.call<AppendCall>();
    EXPECT_EQ(append->second.epoch, "r2");
    ASSERT_EQ(append->second.items.size(), 3u);
    EXPECT_TRUE(append->second.items[0].answered);
}

TEST(Joining, AFormerEpochThatSharesAllOfTheReplicaCostsNothing) {
    OrderingDriver node(ten);
    const Joined joined{
        .epoch = "r2", .former = {{"e1", 20}}, .began = 20, .agreed = 10, .first = 1, .last = 30};
    node.machine().answered(node.connect().first, HelloAnswer(joined));
    EXPECT_EQ(node.next<Adopt>()->keep, 10u);
    node.machine().replica_adopted({.epoch = "r2", .former = {{"e1", 20}}, .last = 10}, 0);
    EXPECT_EQ(node.stage(), Stage::online);
    // Entries from before the epoch began bear the former one's name.
    node.machine().stream_read(node.next<ReadStream>()->id, {record(11, 11, "e1")});
    EXPECT_TRUE(node.next<StoreRecords>());
}

TEST(Joining, AnEmptyReplicaBeginsWhereTheStreamBegins) {
    OrderingDriver node({.epoch = "mine"});
    node.machine().answered(
        node.connect().first,
        HelloAnswer(Joined{.epoch = "e1", .agreed = 0, .first = 21, .last = 30}));
    EXPECT_TRUE(node.next<Adopt>());
    node.machine().replica_adopted({.epoch = "e1"}, 0);
    EXPECT_EQ(node.next<BeginAt>()->first, 21u);
    EXPECT_EQ(node.stage(), Stage::adopting);
    node.machine().replica_begun({.epoch = "e1", .first = 21, .last = 20});
    EXPECT_EQ(node.next<ReadStream>()->after, 20u);
}

TEST(Joining, AReplicaThatFellBehindTheStreamLeavesAHole) {
    OrderingDriver node(ten);
    node.machine().answered(
        node.connect().first,
        HelloAnswer(Joined{.epoch = "e1", .agreed = 10, .first = 15, .last = 30}));
    EXPECT_EQ(node.next<BeginAt>()->first, 15u);
}

TEST(Joining, SaysHelloOnlyWhenTheReplicaIsQuiet) {
    OrderingDriver node(ten);
    node.join({.epoch = "e1", .agreed = 10, .last = 10});
    node.machine().stream_read(node.next<ReadStream>()->id, {record(11, 11)});
    node.machine().disconnected();
    node.machine().connected("redis 2");
    EXPECT_FALSE(node.next<ReadWitnesses>());
    node.machine().replica_stored(11);
    EXPECT_EQ(node.next<ReadWitnesses>()->offsets.front(), 11u);
}

TEST(Joining, AnAdoptionThatOutlivesItsConnectionIsWaitedFor) {
    OrderingDriver node(ten);
    node.machine().answered(
        node.connect().first,
        HelloAnswer(Joined{.epoch = "r2", .former = {{"e1", 7}}, .agreed = 7, .last = 9}));
    node.machine().disconnected();
    node.machine().connected("redis 2");
    EXPECT_FALSE(node.next<ReadWitnesses>());
    node.machine().replica_adopted({.epoch = "r2", .former = {{"e1", 7}}, .last = 7}, 3);
    EXPECT_EQ(node.hello().second.epoch, "r2");
}

TEST(Joining, SaysWhoWasAliveWhenItLastHeard) {
    OrderingDriver node(ten);
    node.join({.epoch = "e1",
               .agreed = 10,
               .last = 10,
               .nodes = {{.id = "n1"}, {.id = "n2"}, {.id = "dead", .silent = Milliseconds(9'000)}},
               .time = Milliseconds(77)});
    node.machine().disconnected();
    const auto hello = node.connect().second;
    EXPECT_EQ(hello.known, std::vector<std::string>{"n2"});
    EXPECT_EQ(hello.heard, Milliseconds(77));
}

TEST(Joining, WhatItHeardCountsForOneHello) {
    OrderingDriver node(ten);
    node.join({.epoch = "e1", .agreed = 10, .last = 10, .time = Milliseconds(77)});
    node.machine().disconnected();
    const auto refused = node.connect();
    EXPECT_EQ(refused.second.heard, Milliseconds(77));
    node.machine().call_failed(refused.first, {ErrorCode::unavailable, "LOADING", ""});
    node.machine().disconnected();
    const auto unknown = node.connect();
    EXPECT_EQ(unknown.second.heard, Milliseconds(77));
    node.machine().disconnected();
    EXPECT_EQ(node.connect().second.heard, Milliseconds(0));
}

}  // namespace
}  // namespace rotacast::cluster
