// A replica on a failing disk: no entry is lost that was answered for, the tail gets each once, and
// what the disk loses is fetched again within the same epoch.

#include "base/log.hpp"
#include "store/faulty_vfs_for_tests.hpp"
#include "store/replica_for_tests.hpp"

#include <algorithm>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;
using bus::Offset;
using bus::some_event;

/// Owns the disk, which the fixture's journal must not outlive.
class ReplicaFaultsTest : public ReplicaTest {
  protected:
    ReplicaFaultsTest() {
        log::set_level("off");
        options.maintenance_interval = 1ms;
        options.enricher = &enricher;
    }
    ~ReplicaFaultsTest() override {
        journal.reset();
        log::set_level("info");
    }

    /// Gives the order's next entry until it is stored, as a member of a cluster does. Returns the
    /// number of attempts.
    int follow_order() {
        order.push_back(ordered(order.size() + 1, some_event()));
        for (int attempt = 1;; ++attempt) {
            auto missing = part_of(order, journal->state().last + 1, order.size());
            const auto applied = apply(std::move(missing));
            if (applied && *applied == order.size()) return attempt;
            std::this_thread::yield();
            if (attempt == 100'000) {
                ADD_FAILURE() << (applied ? "" : applied.error().message);
                return attempt;
            }
        }
    }

    void wait_until_writable() const {
        while (!journal->state().writable) std::this_thread::yield();
    }

    void check() {
        wait_until_writable();
        EXPECT_EQ(journal->read_raw(0, 100'000, 1 << 30).value(), raw_of(order));
        EXPECT_EQ(offsets_told(), range(1, order.size()));
        const std::scoped_lock lock(mutex);
        for (std::size_t i = 1; i < told.size(); ++i)
            EXPECT_EQ(last_named(told[i].known), std::to_string(i));
    }

    FaultyVfs vfs;
    std::vector<ReplicaEntry> order;
};

constexpr int commits = 200;

TEST_F(ReplicaFaultsTest, AnyCommitCanFailToBeFlushed) {
    open();
    const auto before = epoch();
    for (int i = 0; i < commits; ++i) {
        vfs.fail_sync(1);
        const auto failures = vfs.failures();
        EXPECT_EQ(follow_order(), 1) << "the file, opened anew, said what was stored";
        EXPECT_EQ(vfs.failures(), failures + 1);
    }
    check();
    EXPECT_EQ(epoch(), before);
    EXPECT_EQ(journal->seen(), (bus::Cursor{before, {commits}}));
}

TEST_F(ReplicaFaultsTest, AnyCommitCanFailToBeWritten) {
    open();
    for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL}) {
        for (int i = 0; i < commits; ++i) {
            vfs.fail_write(1 + i % 3, 1, code);
            follow_order();
            vfs.heal();
            if (i % 40 == 39) open();
        }
        check();
    }
}

TEST_F(ReplicaFaultsTest, ADiskCanFailAllFlushesForAWhile) {
    open();
    for (int i = 0; i < 20; ++i) {
        follow_order();
        vfs.fail_sync(1, FaultyVfs::for_ever);
        EXPECT_EQ(apply({ordered(order.size() + 1, some_event())}).error().code,
                  ErrorCode::unavailable);
        EXPECT_FALSE(journal->state().writable);
        vfs.heal();
        wait_until_writable();
        // Whether that entry was stored is known now.
        const auto last = journal->state().last;
        if (last > order.size())
            order.push_back(decode(journal->read_raw(last - 1, 1)->at(0)).value());
    }
    check();
}

TEST_F(ReplicaFaultsTest, TheOwnerIsToldWhenAFullDiskHasRoomAgain) {
    open();
    follow_order();
    vfs.fail_write(1, FaultyVfs::for_ever);
    EXPECT_EQ(apply(some_entries(2, 2)).error().code, ErrorCode::unavailable);
    EXPECT_FALSE(journal->state().writable);
    EXPECT_FALSE(journal->state().reason.empty());
    EXPECT_EQ(offsets_told(), range(1, 1));
    vfs.heal();
    wait_until_writable();
    pass();
    {
        const std::scoped_lock lock(mutex);
        EXPECT_EQ(recovered, std::vector<Offset>{1});
    }
    follow_order();
    check();
}

TEST_F(ReplicaFaultsTest, EntriesLostByTheDiskAreFetchedAgainInTheSameEpoch) {
    open();
    const auto before = epoch();
    for (int i = 0; i < 10; ++i) follow_order();
    {
        auto other = Connection::open(path).value();  // simulates a disk that lost the end
        ASSERT_TRUE(other.execute("DELETE FROM journal WHERE offset > 7"));
        ASSERT_TRUE(other.execute("UPDATE journal_meta SET last = 7"));
    }
    vfs.fail_sync(1);
    EXPECT_EQ(apply(some_entries(11, 11)).error().code, ErrorCode::conflict) << "a hole now";
    EXPECT_EQ(recovered, std::vector<Offset>{7});
    EXPECT_EQ(journal->state().last, 7U);
    EXPECT_EQ(journal->seen(), (bus::Cursor{before, {10}}));
    follow_order();
    check();  // the tail has no entry twice
    EXPECT_EQ(epoch(), before);
    EXPECT_TRUE(announced.empty());
}

TEST_F(ReplicaFaultsTest, ARewindCanFailAtAnyWriteAndFlush) {
    open();
    for (int i = 0; i < 60; ++i) {
        while (order.size() < 6) follow_order();
        wait_until_writable();
        const auto before = epoch();
        const auto next = "e" + std::to_string(i);
        if (i % 2 == 0)
            vfs.fail_sync(1 + i / 2 % 3);
        else
            vfs.fail_write(1 + i / 2 % 12, 1, i % 4 == 1 ? SQLITE_IOERR_WRITE : SQLITE_FULL);
        {
            const std::scoped_lock lock(mutex);
            announced.clear();
        }
        while (!rewind({3, next, {}, {}})) std::this_thread::yield();
        vfs.heal();
        EXPECT_EQ(epoch(), next);
        EXPECT_EQ(journal->shared_with(before), 3U);
        order.resize(3);
        {
            const std::scoped_lock lock(mutex);
            EXPECT_EQ(announced, (std::vector<std::pair<std::string, Offset>>{{next, 3}}));
            told.resize(3);
        }
        wait_until_writable();
        follow_order();
        check();
        EXPECT_EQ(journal->seen(), (bus::Cursor{next, {4}}));
    }
}

TEST_F(ReplicaFaultsTest, ALaterBeginningCanFailAtAnyWriteAndFlush) {
    open();
    Offset next = 1;
    for (int i = 0; i < 60; ++i) {
        wait_until_writable();
        if (i % 2 == 0)
            vfs.fail_sync(1 + i / 2 % 3);
        else
            vfs.fail_write(1 + i / 2 % 12, 1, i % 4 == 1 ? SQLITE_IOERR_WRITE : SQLITE_FULL);
        next += 10;
        for (;;) {
            const auto begun = begin_at(next);
            // The first try may have succeeded after its answer.
            if (begun || journal->state().last == next - 1) break;
            std::this_thread::yield();
        }
        vfs.heal();
        wait_until_writable();
        EXPECT_EQ(announced.back().second, next - 1);
        EXPECT_EQ(apply(some_entries(next, next + 1)).value(), next + 1);
        EXPECT_EQ(offsets_read(), range(next, next + 1));
        EXPECT_EQ(last_named(told.back().known), std::to_string(next));
        next += 2;
    }
    EXPECT_EQ(announced.size(), 60U);
    EXPECT_EQ(told.size(), 120U);
}

TEST_F(ReplicaFaultsTest, AFailedFlushDuringACheckpointIsDetected) {
    open();
    vfs.watch("test.db");
    vfs.fail_sync(1);
    const auto opened = vfs.opened();
    for (Offset first = 1; first < 3'000 && vfs.failures() == 0; ++first)
        ASSERT_TRUE(apply({ordered(first, bus::large_event(40'000))}));
    ASSERT_EQ(vfs.failures(), 1);
    pass();
    EXPECT_GT(vfs.opened(), opened);
}

// What a killed process leaves: the files as they are, and the mark.
TEST_F(ReplicaFaultsTest, GoesOnWhereAKilledProcessStopped) {
    open();
    for (int i = 0; i < 50; ++i) follow_order();
    const auto copy = folder.file("killed.db");
    for (const char* part : {"", "-wal"}) std::filesystem::copy_file(path + part, copy + part);
    auto killed = ReplicaJournal::open(copy, options).value();
    EXPECT_EQ(killed->state().last, 50U);
    EXPECT_EQ(killed->state().epoch, epoch());
    EXPECT_EQ(killed->read_raw(0, 100).value(), raw_of(order));
}

TEST_F(ReplicaFaultsTest, EvaluatesManyEventsUnderOneLock) {
    options.maintenance_interval = 1h;
    open();
    pass();
    const auto locks_for = [this](std::size_t events) {
        const auto before = vfs.locks();
        EXPECT_TRUE(evaluate(std::vector(events, some_event())));
        return vfs.locks() - before;
    };
    EXPECT_EQ(locks_for(100), locks_for(1));
}

}  // namespace
}  // namespace rotacast::store
