#include "bus/inbox.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

EntryBatchPtr batch_of(Offset offset, std::size_t bytes) {
    auto batch = std::make_shared<EntryBatch>();
    batch->bytes = bytes;
    batch->entries.emplace_back();
    batch->entries.back().offset = offset;
    return batch;
}

std::size_t bytes_in(const std::vector<EntryBatchPtr>& entries) {
    std::size_t bytes = 0;
    for (const auto& batch : entries) bytes += batch->bytes;
    return bytes;
}

TEST(Inbox, EntriesAreBoundedInBytes) {
    Inbox inbox(1000);
    for (Offset at = 1; at <= 100; ++at) {
        inbox.post(batch_of(at, 90));
    }
    const auto taken = inbox.take();
    EXPECT_LE(bytes_in(taken.entries), 1000u);
    EXPECT_GT(bytes_in(taken.entries), 400u);
    EXPECT_EQ(taken.entries.back()->entries.back().offset, 100u) << "the newest are kept";
}

TEST(Inbox, KeepsTheNewestBatchOfAnySize) {
    Inbox inbox(1000);
    inbox.post(batch_of(1, 500));
    inbox.post(batch_of(2, 5000));
    const auto taken = inbox.take();
    ASSERT_EQ(taken.entries.size(), 1u);
    EXPECT_EQ(taken.entries[0]->entries[0].offset, 2u);
}

TEST(Inbox, TakenEntriesNoLongerCount) {
    Inbox inbox(1000);
    for (int round = 0; round < 10; ++round) {
        inbox.post(batch_of(1, 900));
        EXPECT_EQ(inbox.take().entries.size(), 1u);
    }
    inbox.post(batch_of(1, 400));
    inbox.post(batch_of(2, 400));
    EXPECT_EQ(inbox.take().entries.size(), 2u);
}

}  // namespace
}  // namespace rotacast::bus
