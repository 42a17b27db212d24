#include "bus/ordering_keys.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

DeliveryAttemptPtr attempt_of(const Entry& entry, std::uint64_t key) {
    auto attempt = std::make_shared<DeliveryAttempt>();
    attempt->entry = &entry;
    attempt->ordering_key = key;
    return attempt;
}

Entry entry_at(Offset offset) {
    Entry entry;
    entry.offset = offset;
    return entry;
}

TEST(OrderingKeys, HeldDeliveriesAreReturnedInOrderWhenTheLastAttemptEnds) {
    const auto second = entry_at(2);
    const auto third = entry_at(3);
    OrderingKeys keys;
    keys.begin_attempt(7);
    keys.begin_attempt(7);
    keys.hold(attempt_of(third, 7));
    keys.hold(attempt_of(second, 7));
    EXPECT_TRUE(keys.end_attempt(7).empty()) << "one is still in flight";
    const auto held = keys.end_attempt(7);
    ASSERT_EQ(held.size(), 2u);
    EXPECT_EQ(held.begin()->first, 2u);
    EXPECT_EQ(held.rbegin()->first, 3u);
    EXPECT_FALSE(keys.in_flight(7));
}

TEST(OrderingKeys, OnlyTheFirstRowOfAKeyMayRun) {
    OrderingKeys keys;
    EXPECT_EQ(keys.state_of_next_row(7), DeliveryState::waiting);
    keys.add_row(7);
    EXPECT_EQ(keys.state_of_next_row(7), DeliveryState::pending);
    EXPECT_EQ(keys.state_of_next_row(8), DeliveryState::waiting);
    keys.add_row(7);
    EXPECT_TRUE(keys.remove_row(7)) << "the next one may run";
    EXPECT_FALSE(keys.remove_row(7));
}

TEST(OrderingKeys, ForgetsKeysThatAreNotInUse) {
    const auto entry = entry_at(1);
    OrderingKeys keys;
    EXPECT_FALSE(keys.has_rows(1));
    EXPECT_FALSE(keys.in_flight(1));
    EXPECT_EQ(keys.size(), 0u) << "questions add no key";
    keys.begin_attempt(1);
    keys.end_attempt(1);
    EXPECT_EQ(keys.size(), 0u);
    keys.set_rows(2, 1);
    keys.begin_attempt(2);
    keys.remove_row(2);
    EXPECT_EQ(keys.size(), 1u) << "an attempt is in flight";
    keys.hold(attempt_of(entry, 2));
    keys.end_attempt(2);
    EXPECT_EQ(keys.size(), 1u) << "until the caller has decided about the held delivery";
    keys.forget_unused(2);
    EXPECT_EQ(keys.size(), 0u);
}

}  // namespace
}  // namespace rotacast::bus
