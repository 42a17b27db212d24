#include "live/history.hpp"

#include "hub/batches_for_tests.hpp"
#include "live/jobs_on_loop_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::live {
namespace {

/// An endless journal whose blocks have this size.
struct HistoryTest : testing::Test {
    void read(events::Offset after) {
        bool read = false;
        history.read({epoch, {after}}, loop, [&](Result<hub::PublicationBatchPtr> block) {
            read = block.has_value();
        });
        loop.poll();
        EXPECT_TRUE(read);
    }

    std::string epoch = "e";
    std::size_t block_bytes = 1;
    int reads = 0;
    net::Loop loop{0};
    for_tests::JobsOnLoop jobs{loop};
    History history{
        jobs, hub::for_tests::cursor_encodings(), [this](events::Offset after, std::size_t limit) {
            ++reads;
            return Result<hub::JournalRange>(
                hub::JournalRange{after, after + limit, block_bytes, {}, epoch});
        }};
};

TEST_F(HistoryTest, ReadsABlockOnceForAllRequests) {
    for (int i = 0; i < 3; ++i) read(3 * History::block_entries + 7);
    EXPECT_EQ(reads, 1);
}

TEST_F(HistoryTest, KeepsNoMoreBytesThanItsBound) {
    block_bytes = History::bytes_kept / 2;
    for (const events::Offset block : {0, 1, 2}) read(block * History::block_entries);
    EXPECT_EQ(reads, 3);
    read(2 * History::block_entries);
    read(1 * History::block_entries);
    EXPECT_EQ(reads, 3) << "the last used are there";
    read(0);
    EXPECT_EQ(reads, 4) << "the first is not";
}

TEST_F(HistoryTest, KeepsNoBlockThatIsTooLargeByItself) {
    read(0);
    block_bytes = History::bytes_kept + 1;
    for (int i = 0; i < 2; ++i) read(History::block_entries);
    EXPECT_EQ(reads, 3);
    read(0);
    EXPECT_EQ(reads, 3) << "and drives out no other";
}

TEST_F(HistoryTest, GivesNoBlockOfAFormerEpoch) {
    read(0);
    epoch = "f";
    for (int i = 0; i < 2; ++i) read(0);
    EXPECT_EQ(reads, 2);
}

}  // namespace
}  // namespace rotacast::live
