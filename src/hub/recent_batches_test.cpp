#include "hub/recent_batches.hpp"

#include "hub/batches_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::hub {
namespace {

using events::Position;
using for_tests::batch_after;
using for_tests::change_of;

std::vector<Publication> some(std::size_t count) {
    std::vector<Publication> events;
    for (std::size_t i = 0; i < count; ++i) events.push_back(change_of(1));
    return events;
}

TEST(RecentBatches, StartAtTheJournalsPosition) {
    const RecentBatches recent(41, {});
    EXPECT_EQ(recent.position(), 41u);
    EXPECT_TRUE(recent.reach_back_to({41}));
    EXPECT_FALSE(recent.reach_back_to({40}));
    EXPECT_EQ(recent.next({41}), nullptr);
}

TEST(RecentBatches, FindTheBatchAfterAPosition) {
    RecentBatches recent(10, {});
    recent.add(batch_after(10, some(3)));
    recent.add(batch_after(13, some(1)));
    recent.add(batch_after(14, some(2)));
    EXPECT_EQ(recent.position(), 16u);
    EXPECT_EQ(recent.next({10})->after(), 10u);
    EXPECT_EQ(recent.next({12})->after(), 10u);
    EXPECT_EQ(recent.next({13})->after(), 13u);
    EXPECT_EQ(recent.next({15})->after(), 14u);
    EXPECT_EQ(recent.next({16}), nullptr);
}

TEST(RecentBatches, FindTheRestOfAnEntry) {
    RecentBatches recent(10, {});
    recent.add(batch_after(10, some(1)));
    recent.add(batch_after(11, some(1)));
    EXPECT_EQ(recent.next({11, 0})->after(), 10u);
    EXPECT_FALSE(recent.reach_back_to({10, 0})) << "the rest of entry 10 is not here";
}

TEST(RecentBatches, ABatchOfAnotherEpochDropsThoseOfTheFormerOne) {
    RecentBatches recent(10, {}, "a");
    recent.add(std::make_shared<const PublicationBatch>(JournalRange{10, 13, 0, some(3), "a"},
                                                        for_tests::cursor_encodings()));
    EXPECT_EQ(recent.cursor_at({13}), "a.13");
    recent.add(std::make_shared<const PublicationBatch>(JournalRange{11, 11, 0, {}, "b"},
                                                        for_tests::cursor_encodings()));
    EXPECT_EQ(recent.epoch(), "b");
    EXPECT_EQ(recent.position(), 11u);
    EXPECT_EQ(recent.batches().size(), 1u);
    EXPECT_FALSE(recent.reach_back_to({10}));
    EXPECT_EQ(recent.next({11}), nullptr);
}

TEST(RecentBatches, DropTheOldestBeyondEachBound) {
    RecentBatches few(0, {.publications_max = 5, .bytes_max = 1 << 20});
    RecentBatches small(0, {.publications_max = 100, .bytes_max = 500});
    RecentBatches empty_ones(0, {.publications_max = 2, .bytes_max = 1 << 20});
    for (events::Offset after = 0; after < 20; after += 2) {
        few.add(batch_after(after, some(2)));
        small.add(batch_after(after, some(2)));
    }
    EXPECT_FALSE(few.reach_back_to({15}));
    EXPECT_TRUE(few.reach_back_to({16}));
    EXPECT_FALSE(small.reach_back_to({15}));
    EXPECT_TRUE(small.reach_back_to({16}));
    for (events::Offset after = 0; after < 5; ++after)
        empty_ones.add(std::make_shared<const PublicationBatch>(
            JournalRange{after, after + 1, 0, {}}, for_tests::cursor_encodings()));
    EXPECT_EQ(empty_ones.batches().size(), 2u);
}

}  // namespace
}  // namespace rotacast::hub
