#include "bus/entry_reader.hpp"

#include "bus/bus.hpp"
#include "bus/journal_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

class EntryReaderTest : public testing::Test {
  protected:
    void publish(int count) {
        std::vector<events::Event> batch(static_cast<std::size_t>(count),
                                         events::ScheduleArchived{"a", "x", {}});
        ASSERT_TRUE(bus.publish_batch(std::move(batch)).get());
    }

    std::vector<Offset> read_all(EntryReader& reader, Offset from = 0) {
        std::vector<Offset> offsets;
        for (auto at = from;;) {
            const auto slice = reader.after(at).value();
            if (slice.empty()) return offsets;
            for (auto i = slice.index; i < slice.batch->entries.size(); ++i)
                offsets.push_back(at = slice.batch->entries[i].offset);
        }
    }

    MemoryJournal journal;
    Bus bus{journal};
};

constexpr std::size_t many_bytes = 1 << 30;

std::vector<Offset> numbers(Offset first, Offset last) {
    std::vector<Offset> list;
    for (auto at = first; at <= last; ++at) list.push_back(at);
    return list;
}

TEST_F(EntryReaderTest, ReadsNewEntriesFromMemoryAndOlderOnesFromTheJournal) {
    publish(700);
    EntryReader reader(journal, 20, many_bytes);
    journal.follow([&](EntryBatchPtr batch) { reader.add(batch); });
    for (int i = 0; i < 10; ++i) publish(5);
    EXPECT_EQ(reader.last(), 750u);
    EXPECT_EQ(read_all(reader, 730), numbers(731, 750));
    EXPECT_EQ(journal.reads, 0);
    EXPECT_EQ(read_all(reader), numbers(1, 750));
    const auto reads = journal.reads;
    EXPECT_EQ(read_all(reader, 3), numbers(4, 750));
    EXPECT_EQ(journal.reads, reads) << "slices are kept";
}

TEST_F(EntryReaderTest, EntriesMissingInTheTailAreReadFromTheJournal) {
    EntryReader reader(journal, 100, many_bytes);
    bool lost = false;
    journal.follow([&](EntryBatchPtr batch) {
        if (!lost) reader.add(batch);
    });
    publish(5);
    lost = true;
    publish(5);
    lost = false;
    publish(5);
    EXPECT_EQ(read_all(reader), numbers(1, 15));
}

TEST_F(EntryReaderTest, AnotherEpochClearsTheCache) {
    publish(600);
    EntryReader reader(journal, 20, many_bytes);
    journal.follow([&](EntryBatchPtr batch) { reader.add(batch); });
    publish(10);
    EXPECT_EQ(read_all(reader), numbers(1, 610));
    journal.lose_entries_behind(3, "e2");
    EXPECT_EQ(reader.epoch(), "e2");
    EXPECT_EQ(reader.last(), 3u);
    EXPECT_EQ(read_all(reader), numbers(1, 3));
    EXPECT_EQ(reader.after(0).value().batch->epoch, "e2");
    publish(2);
    EXPECT_EQ(read_all(reader), numbers(1, 5));
    EXPECT_EQ(reader.shared_with("e1"), 3u);
}

TEST_F(EntryReaderTest, ReturnsNothingOfAnEpochBeforeTheTailAnnouncesIt) {
    publish(5);
    EntryReader reader(journal, 20, many_bytes);
    journal.lose_entries_behind(3, "e2");  // the tail does not announce it
    EXPECT_TRUE(reader.after(0).value().empty());
}

TEST_F(EntryReaderTest, ReportsTheFirstEntryOfATrimmedJournal) {
    publish(10);
    journal.trim(6);
    EntryReader reader(journal, 100, many_bytes);
    EXPECT_EQ(reader.first(), 6u);
    EXPECT_EQ(read_all(reader), numbers(6, 10));
}

/// A batch of entries of this size.
EntryBatchPtr batch_of(Offset first, std::size_t count, std::size_t bytes) {
    auto batch = std::make_shared<EntryBatch>();
    batch->epoch = "e1";
    batch->bytes = bytes;
    for (std::size_t i = 0; i < count; ++i) {
        batch->entries.emplace_back();
        batch->entries.back().offset = first + i;
    }
    return batch;
}

TEST_F(EntryReaderTest, RecentEntriesAreBoundedInBytes) {
    EntryReader reader(journal, 1000, 100);
    std::vector<std::weak_ptr<const EntryBatch>> given;
    for (Offset at = 1; at <= 10; ++at) {
        const auto batch = batch_of(at, 1, 30);
        given.push_back(batch);
        reader.add(batch);
    }
    std::size_t kept = 0;
    for (const auto& batch : given) kept += !batch.expired();
    EXPECT_EQ(kept, 3u);
    reader.add(batch_of(11, 1, 1000));
    EXPECT_EQ(read_all(reader, 10), numbers(11, 11)) << "the newest is kept whatever it takes";
    EXPECT_EQ(journal.reads, 0);
    EXPECT_TRUE(given.back().expired());
}

/// A journal of large entries, which may begin with small ones.
class LargeJournal final : public MemoryJournal {
  public:
    Result<EntryBatchPtr> read(Offset after, std::size_t limit) override {
        last_limit = limit;
        const auto batch = batch_of(after + 1, std::min<std::size_t>(limit, 1000 - after), 0);
        auto sized = std::make_shared<EntryBatch>(*batch);
        for (const auto& entry : sized->entries)
            sized->bytes += entry.offset <= small_up_to ? 10 : 1000;
        given.push_back(sized);
        return EntryBatchPtr(sized);
    }
    JournalState state() const override { return {"e1", 1, 1000, true, ""}; }

    std::size_t bytes_kept() const {
        std::size_t bytes = 0;
        for (const auto& slice : given)
            if (const auto batch = slice.lock()) bytes += batch->bytes;
        return bytes;
    }

    Offset small_up_to = 0;
    std::size_t last_limit = 0;
    std::vector<std::weak_ptr<const EntryBatch>> given;
};

TEST_F(EntryReaderTest, SlicesAreBoundedInBytes) {
    LargeJournal large;
    EntryReader reader(large, 1000, 100'000);
    EXPECT_EQ(read_all(reader), numbers(1, 1000));
    EXPECT_EQ(large.last_limit, 6u) << "a sixteenth of the bytes";
    EXPECT_LE(large.bytes_kept(), 100'000u);
    EXPECT_GT(large.bytes_kept(), 50'000u);
}

TEST_F(EntryReaderTest, ASliceThatTurnedOutTooLargeIsKeptOnlyUntilTheNext) {
    LargeJournal large;
    large.small_up_to = 64;
    EntryReader reader(large, 1000, 100'000);
    EXPECT_EQ(reader.after(0).value().batch->entries.size(), 64u);
    EXPECT_EQ(reader.after(64).value().batch->entries.size(), 512u);
    EXPECT_GT(large.bytes_kept(), 500'000u);
    EXPECT_EQ(reader.after(576).value().batch->entries.size(), 6u);
    EXPECT_LE(large.bytes_kept(), 100'000u);
}

}  // namespace
}  // namespace rotacast::bus
