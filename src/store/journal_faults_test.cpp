// The journal on a failing disk: no answered event is lost, none is stored twice, and the journal
// recovers when the disk does.

#include "base/log.hpp"
#include "store/faulty_vfs_for_tests.hpp"
#include "store/journal_requests_for_tests.hpp"
#include "store/schema.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;
using bus::append_now;
using bus::Offset;
using bus::one_event;

class JournalFaultsTest : public testing::Test {
  protected:
    JournalFaultsTest() {
        log::set_level("off");
        options.maintenance_interval = 1ms;
    }
    ~JournalFaultsTest() override {
        journal.reset();
        log::set_level("info");
    }

    void open() {
        journal.reset();
        vfs.heal();
        journal = SqliteJournal::open(path, options).value();
        journal->follow([this](const bus::EntryBatchPtr& batch) {
            const std::scoped_lock lock(mutex);
            if (batch->entries.empty()) return;
            for (const auto& entry : batch->entries) told.push_back(entry.offset);
        });
    }

    /// Repeats one request until it succeeds, as a publisher does. Returns the number of attempts.
    int publish() {
        const auto request = one_event();
        for (int attempt = 1;; ++attempt) {
            const auto receipts = append_now(*journal, request);
            if (receipts) {
                answered.emplace_back(*request.envelopes[0].metadata.event_id,
                                      receipts->at(0).offset);
                return attempt;
            }
            EXPECT_EQ(receipts.error().code, ErrorCode::unavailable);
            std::this_thread::yield();
            if (attempt == 100'000) {
                ADD_FAILURE() << receipts.error().message;
                return attempt;
            }
        }
    }

    void wait_until_writable() const {
        while (!journal->state().writable) std::this_thread::yield();
    }

    /// The journal contains exactly the answered events, at their offsets, once each, and the tail
    /// received them in order.
    void check() {
        wait_until_writable();
        const auto stored = journal->read(0, 100'000).value();
        std::map<Uuid, Offset> at;
        for (std::size_t i = 0; i < stored->entries.size(); ++i) {
            const auto& entry = stored->entries[i];
            EXPECT_EQ(entry.offset, i + 1);
            EXPECT_TRUE(at.emplace(*entry.envelope.metadata.event_id, entry.offset).second);
        }
        for (const auto& [id, offset] : answered) {
            ASSERT_TRUE(at.contains(id)) << "lost";
            EXPECT_EQ(at.at(id), offset);
        }
        EXPECT_EQ(at.size(), answered.size());
        std::vector<Offset> all(stored->entries.size());
        std::iota(all.begin(), all.end(), 1);
        const std::scoped_lock lock(mutex);
        EXPECT_EQ(told, all);
    }

    FaultyVfs vfs;
    ScratchDirectory folder;
    std::string path = folder.file("test.db");
    SqliteJournalOptions options;
    std::unique_ptr<SqliteJournal> journal;
    std::vector<std::pair<Uuid, Offset>> answered;
    std::mutex mutex;
    std::vector<Offset> told;
};

constexpr int commits = 200;

TEST_F(JournalFaultsTest, AnyCommitCanFailToBeFlushed) {
    open();
    const auto epoch = journal->state().epoch;
    for (int i = 0; i < commits; ++i) {
        vfs.fail_sync(1);
        const auto failures = vfs.failures();
        EXPECT_EQ(publish(), 1) << "the outcome was looked up, and told";
        EXPECT_EQ(vfs.failures(), failures + 1);
    }
    check();
    EXPECT_EQ(journal->state().epoch, epoch) << "nothing was lost";
}

TEST_F(JournalFaultsTest, AnyCommitCanFailToBeWritten) {
    for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL}) {
        open();
        for (int i = 0; i < commits; ++i) {
            vfs.fail_write(1 + i % 3, 1, code);
            publish();
        }
        check();
    }
}

TEST_F(JournalFaultsTest, ADiskCanFailAllFlushesForAWhile) {
    open();
    for (int i = 0; i < commits; ++i) {
        if (i % 20 == 0) vfs.fail_sync(1, FaultyVfs::for_ever);
        if (i % 20 == 10) {
            const auto refused = append_now(*journal, one_event("never"));
            EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
            EXPECT_FALSE(journal->state().writable);
            vfs.heal();
            wait_until_writable();
        }
        if (i % 20 < 10) continue;
        publish();
    }
    // It was unknown whether refused events were stored; none may be published twice.
    const auto stored = journal->read(0, 100'000).value();
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(told.size(), stored->entries.size());
    EXPECT_TRUE(std::ranges::is_sorted(told));
}

TEST_F(JournalFaultsTest, AFullDiskRefusesRequestsAndIsTriedAgain) {
    open();
    publish();
    vfs.fail_write(1, FaultyVfs::for_ever);
    EXPECT_EQ(append_now(*journal, one_event()).error().code, ErrorCode::unavailable);
    EXPECT_FALSE(journal->state().writable);
    EXPECT_EQ(journal->state().last, 1U);
    vfs.heal();
    wait_until_writable();
    publish();
    check();
}

TEST_F(JournalFaultsTest, AFileThatFailedIsReopenedBeforeItIsWrittenAgain) {
    open();
    publish();
    const auto opened = vfs.opened();
    vfs.fail_sync(1);
    publish();
    EXPECT_GT(vfs.opened(), opened);
    check();
}

TEST_F(JournalFaultsTest, AFailedFlushDuringACheckpointIsDetected) {
    open();
    vfs.watch("test.db");
    vfs.fail_sync(1);
    const auto opened = vfs.opened();
    // The file is flushed only when a checkpoint copies the log into it.
    for (int i = 0; i < 3000 && vfs.failures() == 0; ++i)
        ASSERT_TRUE(append_now(*journal, one_event(std::string(20'000, 'x'))));
    ASSERT_EQ(vfs.failures(), 1);
    ASSERT_TRUE(append_now(*journal, one_event()));
    EXPECT_GT(vfs.opened(), opened);
}

TEST_F(JournalFaultsTest, AFailingDiskIsTriedOnlyAtIntervals) {
    options.maintenance_interval = 1h;
    open();
    for (int i = 0; i < 2; ++i) publish();  // the first maintenance has passed then
    vfs.fail_sync(1, FaultyVfs::for_ever);
    ASSERT_TRUE(append_now(*journal, one_event()).has_error());
    const auto syncs = vfs.syncs();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(append_now(*journal, one_event()).has_error());
    EXPECT_EQ(vfs.syncs(), syncs);
}

TEST_F(JournalFaultsTest, EntriesLostByTheDiskLeadToANewEpoch) {
    open();
    for (int i = 0; i < 10; ++i) publish();
    const auto epoch = journal->state().epoch;
    std::promise<std::pair<std::string, Offset>> announced;
    journal->follow([&](const bus::EntryBatchPtr& batch) {
        if (batch->entries.empty()) announced.set_value({batch->epoch, batch->last});
    });
    {
        auto other = Connection::open(path).value();  // simulates a disk that lost the end
        ASSERT_TRUE(other.execute("DELETE FROM journal WHERE offset > 7"));
        ASSERT_TRUE(other.execute("UPDATE journal_meta SET last = 7"));
    }
    vfs.fail_sync(1);
    const auto receipt = append_now(*journal, one_event()).value().at(0);
    EXPECT_EQ(receipt.offset, 8U);
    EXPECT_FALSE(receipt.duplicate);
    const auto [named, last] = announced.get_future().get();
    EXPECT_EQ(last, 7U);
    EXPECT_NE(named, epoch);
    EXPECT_EQ(receipt.epoch, named);
    EXPECT_EQ(journal->state().epoch, named);
    EXPECT_EQ(journal->shared_with(epoch), 7U);
    EXPECT_EQ(journal->read(0, 100).value()->epoch, named);
}

}  // namespace
}  // namespace rotacast::store
