#include "app/journal_tail.hpp"

#include "events/person.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <new>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::app {
namespace {

/// Keeps all entries of its present epoch.
class Journal final : public bus::Journal {
  public:
    bus::EntryBatchPtr write(std::size_t count, std::size_t bytes) {
        auto batch = std::make_shared<bus::EntryBatch>();
        batch->epoch = epoch;
        batch->bytes = bytes;
        for (; count > 0; --count) batch->entries.push_back(entry_at(++last));
        return batch;
    }

    Result<bus::EntryBatchPtr> read(bus::Offset after, std::size_t limit) override {
        ++reads;
        if (!readable) return Error{ErrorCode::unavailable, "", ""};
        auto batch = std::make_shared<bus::EntryBatch>();
        batch->epoch = epoch;
        after = std::max(after, first - 1);
        for (auto at = after; at < last && at - after < limit; ++at)
            batch->entries.push_back(entry_at(at + 1));
        return bus::EntryBatchPtr(std::move(batch));
    }
    bus::JournalState state() const override { return {epoch, first, last, true, ""}; }
    std::optional<bus::Offset> shared_with(const std::string&) const override { return {}; }
    void append(bus::AppendRequest, Done) override {}
    void follow(Tail) override {}
    void close() override {}

    /// Loses the entries after this one; returns the batch that announces it.
    bus::EntryBatchPtr lose_behind(bus::Offset offset) {
        epoch += 'x';
        last = offset;
        auto told = std::make_shared<bus::EntryBatch>();
        told->epoch = epoch;
        told->last = offset;
        return told;
    }

    /// Has no entries up to this one; returns the batch that announces it.
    bus::EntryBatchPtr begin_after(bus::Offset offset) {
        first = offset + 1;
        last = offset;
        auto told = std::make_shared<bus::EntryBatch>();
        told->epoch = epoch;
        told->last = offset;
        return told;
    }

    std::string epoch = "e";
    bus::Offset first = 1;
    bus::Offset last = 0;
    bool readable = true;
    int reads = 0;

  private:
    static bus::Entry entry_at(bus::Offset offset) {
        return {offset, {}, "key:test", events::wrap(events::PersonUpdated{})};
    }
};

class JournalTailTest : public testing::Test {
  protected:
    void write(std::size_t count, std::size_t bytes = 100) {
        tail.on_entries(journal.write(count, bytes));
    }
    void run() {
        context.restart();
        context.poll();
    }
    std::vector<bus::Offset> all() const {
        std::vector<bus::Offset> offsets(journal.last);
        std::iota(offsets.begin(), offsets.end(), 1);
        return offsets;
    }

    boost::asio::io_context context;
    Journal journal;
    int failures = 0;  // how many calls still fail
    std::vector<bus::Offset> seen;  // 0: an unordered one
    std::vector<std::string> told;  // epochs and holes announced
    JournalTail tail{context.get_executor(),
                     context.get_executor(),
                     journal,
                     journal.state(),
                     [this](const bus::EntryBatchPtr& batch) {
                         if (failures > 0 && failures-- > 0) throw std::bad_alloc();
                         if (batch->unordered) return seen.push_back(0);
                         if (batch->entries.empty())
                             told.push_back(batch->epoch + '.' + std::to_string(batch->last));
                         for (const auto& entry : batch->entries) seen.push_back(entry.offset);
                     }};
};

constexpr auto half = JournalTail::waiting_bytes_max / 2;

TEST_F(JournalTailTest, PassesEntriesOn) {
    write(2);
    write(3);
    run();
    write(1);
    run();
    EXPECT_EQ(seen, all());
    EXPECT_EQ(journal.reads, 0);
}

TEST_F(JournalTailTest, ReadsEntriesDroppedWhileTheLoopWasBlocked) {
    for (int i = 0; i < 20; ++i) write(100, half);
    EXPECT_EQ(tail.catch_ups(), 1u);
    run();
    EXPECT_EQ(seen, all());
    EXPECT_EQ(journal.reads, 8) << "1,800 entries in blocks";
    write(1);
    run();
    EXPECT_EQ(seen, all());
    EXPECT_EQ(journal.reads, 8) << "the next comes as ever";
}

TEST_F(JournalTailTest, KeepsTheOrderOfEntriesThatArriveWhileItReads) {
    for (int i = 0; i < 20; ++i) write(100, half);
    context.restart();
    for (int turn = 0; context.poll_one() > 0; ++turn)
        if (turn < 10) write(3, 1);
    EXPECT_EQ(seen, all());
}

TEST_F(JournalTailTest, AcceptsALargeBatchWhenNothingElseWaits) {
    write(1, 3 * half);
    run();
    EXPECT_EQ(seen, all());
    EXPECT_EQ(journal.reads, 0);
}

TEST_F(JournalTailTest, ReadsAgainAfterTakeThrew) {
    failures = 1;
    write(2);
    write(2);
    run();
    EXPECT_TRUE(seen.empty());
    write(1);
    run();
    EXPECT_EQ(seen, all());
}

TEST_F(JournalTailTest, ContinuesWhenTheJournalCanBeReadAgain) {
    journal.readable = false;
    for (int i = 0; i < 5; ++i) write(1, half);
    run();
    EXPECT_EQ(seen, (std::vector<bus::Offset>{1, 2}));
    journal.readable = true;
    write(1);
    run();
    EXPECT_EQ(seen, all());
}

TEST_F(JournalTailTest, AnnouncesAnEpochBeforeItsEntries) {
    write(10);
    tail.on_entries(journal.lose_behind(7));
    write(2);
    run();
    EXPECT_EQ(told, std::vector<std::string>{"ex.7"});
    EXPECT_EQ(seen, (std::vector<bus::Offset>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 8, 9}));
    EXPECT_EQ(journal.reads, 0);
}

// The queue is full, and the new epoch's entries have lower offsets than those before.
TEST_F(JournalTailTest, AnnouncesAnEpochThatBeganWhileTheLoopWasBlocked) {
    for (int i = 0; i < 20; ++i) write(100, half);
    tail.on_entries(journal.lose_behind(150));
    run();
    EXPECT_EQ(told, std::vector<std::string>{"ex.150"});
    for (int i = 0; i < 5; ++i) write(1, half);
    run();
    ASSERT_EQ(seen.size(), 205u);
    EXPECT_EQ((std::vector<bus::Offset>(seen.begin() + 200, seen.end())),
              (std::vector<bus::Offset>{151, 152, 153, 154, 155}));
}

TEST_F(JournalTailTest, ReadsEntriesOfANewEpochAgainAfterTakeThrew) {
    write(10);
    run();
    tail.on_entries(journal.lose_behind(3));
    write(2);
    failures = 1;
    run();
    EXPECT_TRUE(told.empty());
    write(1);
    run();
    EXPECT_EQ(told, std::vector<std::string>{"ex.3"});
    EXPECT_EQ((std::vector<bus::Offset>(seen.begin() + 10, seen.end())),
              (std::vector<bus::Offset>{4, 5, 6}));
}

TEST_F(JournalTailTest, AnnouncesAHoleBeforeWhatFollowsIt) {
    write(2);
    tail.on_entries(journal.begin_after(10));
    run();
    EXPECT_EQ(told, std::vector<std::string>{"e.10"});
    write(2);
    tail.on_entries(journal.begin_after(20));
    write(1);
    run();
    EXPECT_EQ(told, (std::vector<std::string>{"e.10", "e.20"}));
    EXPECT_EQ(seen, (std::vector<bus::Offset>{1, 2, 11, 12, 21}));
    EXPECT_EQ(journal.reads, 0);
}

TEST_F(JournalTailTest, DoesNotReadWhatLiesBeforeAHole) {
    for (int i = 0; i < 20; ++i) write(100, half);
    tail.on_entries(journal.begin_after(5'000));
    write(1);
    run();
    ASSERT_EQ(seen.size(), 201u);
    EXPECT_EQ(seen.back(), 5'001u);
    EXPECT_EQ(told, std::vector<std::string>{"e.5000"});
}

bus::EntryBatchPtr unordered(const std::string& epoch, std::size_t bytes) {
    return std::make_shared<bus::EntryBatch>(bus::EntryBatch{
        .epoch = epoch, .entries = std::vector<bus::Entry>(1), .bytes = bytes, .unordered = true});
}

TEST_F(JournalTailTest, PassesUnorderedEntriesOnBetweenTheOthers) {
    write(1);
    tail.on_entries(unordered("e", 100));
    write(1);
    run();
    EXPECT_EQ(seen, (std::vector<bus::Offset>{1, 0, 2}));
}

TEST_F(JournalTailTest, DropsUnorderedEntriesForWhichThereIsNoRoom) {
    write(1, half);
    tail.on_entries(unordered("e", 2 * half));
    write(1);
    run();
    EXPECT_EQ(seen, all());
    EXPECT_EQ(tail.catch_ups(), 0u);
}

TEST_F(JournalTailTest, ReadsAgainWhatCameBeforeAnUnorderedEntryAfterTakeThrew) {
    write(3);
    tail.on_entries(unordered("e", 100));
    failures = 1;
    run();
    write(1);
    run();
    EXPECT_EQ(seen, all());
}

}  // namespace
}  // namespace rotacast::app
