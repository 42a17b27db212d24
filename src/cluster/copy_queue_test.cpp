#include "cluster/copy_queue.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

using Rows = std::map<Uuid, std::optional<std::string>>;

Uuid event(std::uint8_t number) {
    Uuid id{};
    id.bytes[15] = number;
    return id;
}

store::SubscriberChanges changes(std::optional<std::string> record, Rows rows = {}) {
    return {"mailer", std::move(record), std::move(rows)};
}

struct CopyQueueTest : testing::Test {
    CopyPart next() { return queue.next().value_or(CopyPart{CopyKind::last, "nothing"}); }
    CopyPart next_after() {
        queue.written();
        return next();
    }
    CopyQueue queue{2, 5};
};

TEST_F(CopyQueueTest, ChangesWhileAPartIsWrittenBecomeOnePart) {
    queue.add(changes("p1", {{event(1), "a"}}));
    EXPECT_EQ(next(), (CopyPart{CopyKind::change, "p1", {{event(1), "a"}}}));
    queue.add(changes("p2", {{event(1), std::nullopt}}));
    queue.add(changes("p3", {{event(2), "b"}}));
    EXPECT_EQ(queue.next(), std::nullopt);
    EXPECT_EQ(next_after(),
              (CopyPart{CopyKind::change, "p3", {{event(1), std::nullopt}, {event(2), "b"}}}));
    EXPECT_FALSE(queue.idle());
    queue.written();
    EXPECT_TRUE(queue.idle());
}

TEST_F(CopyQueueTest, ThePositionComesWithTheLastOfItsRows) {
    queue.add(changes("p", {{event(1), "a"}, {event(2), "b"}, {event(3), "c"}}));
    EXPECT_EQ(next(),
              (CopyPart{CopyKind::change, std::nullopt, {{event(1), "a"}, {event(2), "b"}}}));
    EXPECT_EQ(next_after(), (CopyPart{CopyKind::change, "p", {{event(3), "c"}}}));
}

TEST_F(CopyQueueTest, AWholeCopyReplacesWhatWaits) {
    queue.add(changes("p1", {{event(9), "z"}}));
    queue.need_whole();
    EXPECT_TRUE(queue.wants_whole());
    EXPECT_FALSE(queue.wants_whole()) << "once";
    queue.add(changes("p2", {{event(8), "y"}}));  // the file has it when it is read
    EXPECT_EQ(queue.next(), std::nullopt);
    queue.whole(store::SubscriberCopy{"p3", {{event(1), "a"}, {event(2), "b"}, {event(3), "c"}}});
    queue.add(changes("p4"));
    EXPECT_EQ(next(),
              (CopyPart{CopyKind::first, std::nullopt, {{event(1), "a"}, {event(2), "b"}}}));
    EXPECT_EQ(next_after(), (CopyPart{CopyKind::last, "p3", {{event(3), "c"}}}));
    EXPECT_EQ(next_after(), (CopyPart{CopyKind::change, "p4"}));
}

TEST_F(CopyQueueTest, OnePartCanBeTheWhole) {
    queue.need_whole();
    ASSERT_TRUE(queue.wants_whole());
    queue.whole(store::SubscriberCopy{"p", {}});
    EXPECT_EQ(next(), (CopyPart{CopyKind::only, "p"}));
}

TEST_F(CopyQueueTest, ARemovedSubscriberTakesItsCopyAway) {
    queue.add(changes("p1", {{event(1), "a"}}));
    queue.add(changes(std::nullopt));
    EXPECT_EQ(next(), (CopyPart{CopyKind::removed}));
    queue.add(changes(std::nullopt));
    queue.add(changes("p2", {{event(2), "b"}}));
    EXPECT_EQ(next_after(), (CopyPart{CopyKind::removed, "p2", {{event(2), "b"}}}));
}

TEST_F(CopyQueueTest, TooMuchThatWaitsIsReadAgainInstead) {
    queue.add(changes("p"));
    (void)queue.next();
    for (std::uint8_t i = 0; i < 6; ++i) queue.add(changes("p", {{event(i), "a"}}));
    EXPECT_FALSE(queue.wants_whole()) << "while a part is written";
    queue.written();
    EXPECT_TRUE(queue.wants_whole());
}

TEST_F(CopyQueueTest, WhatWasInterruptedIsWrittenAgain) {
    queue.interrupted();
    EXPECT_TRUE(queue.idle()) << "nothing was";
    queue.add(changes("p"));
    (void)queue.next();
    queue.interrupted();
    EXPECT_TRUE(queue.wants_whole());
}

}  // namespace
}  // namespace rotacast::cluster
