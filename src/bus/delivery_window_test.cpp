#include "bus/delivery_window.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

EntryBatch batch_of(std::size_t bytes) {
    EntryBatch batch;
    batch.bytes = bytes;
    return batch;
}

void add(DeliveryWindow& window, Offset entry, const EntryBatch& batch) {
    window.read(entry);
    window.add(entry, batch);
}

TEST(DeliveryWindow, ThePositionIsTheLastEntryBeforeTheFirstThatIsNotDone) {
    const auto batch = batch_of(1);
    DeliveryWindow window;
    window.start_at(10);
    EXPECT_EQ(window.position(), 10u);
    for (const Offset entry : {11u, 12u, 14u}) add(window, entry, batch);
    window.mark_done(12);
    window.drop_done();
    EXPECT_EQ(window.position(), 10u);
    window.mark_done(11);
    window.drop_done();
    EXPECT_EQ(window.position(), 13u);
    EXPECT_EQ(window.size(), 1u);
}

TEST(DeliveryWindow, ThePositionOfAnEmptyWindowIsTheLastEntryRead) {
    const auto batch = batch_of(1);
    DeliveryWindow window;
    window.start_at(10);
    add(window, 11, batch);
    window.read(20);
    EXPECT_EQ(window.position(), 10u);
    window.mark_done(11);
    window.drop_done();
    EXPECT_TRUE(window.empty());
    EXPECT_EQ(window.position(), 20u);
}

TEST(DeliveryWindow, EntriesOutsideAreIgnored) {
    const auto batch = batch_of(1);
    DeliveryWindow window;
    add(window, 11, batch);
    window.mark_done(10);
    window.mark_done(12);
    window.drop_done();
    EXPECT_EQ(window.size(), 1u);
}

TEST(DeliveryWindow, ABatchCountsOnceUntilItsLastEntryHasLeft) {
    const auto first = batch_of(100);
    const auto second = batch_of(100);
    DeliveryWindow window;
    EXPECT_TRUE(window.has_room_for(first, 0)) << "an empty window takes any batch";
    add(window, 1, first);
    add(window, 2, first);
    EXPECT_TRUE(window.has_room_for(second, 101));
    EXPECT_FALSE(window.has_room_for(second, 100));
    EXPECT_TRUE(window.has_room_for(first, 100)) << "it is already in memory";
    add(window, 3, second);
    EXPECT_FALSE(window.has_room_for(first, 200));
    window.mark_done(1);
    window.drop_done();
    EXPECT_FALSE(window.has_room_for(first, 200)) << "entry 2 still holds the first batch";
    window.mark_done(2);
    window.drop_done();
    EXPECT_TRUE(window.has_room_for(first, 200));
}

}  // namespace
}  // namespace rotacast::bus
