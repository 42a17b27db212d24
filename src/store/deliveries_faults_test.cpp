// The delivery store on a failing disk.

#include "bus/fault_run_for_tests.hpp"
#include "store/dispatching_for_tests.hpp"
#include "store/faulty_vfs_for_tests.hpp"

namespace rotacast::store {
namespace {

class DeliveriesFaults : public testing::Test {
  protected:
    std::string path() const { return folder.file("bus.db"); }

    Result<void> audit(SqliteDeliveries& deliveries, const std::string& action) {
        deliveries.begin(bus::Durability::durable);
        deliveries.records().audit({0, "user:1", {}, action, "", 0, ""});
        return deliveries.commit();
    }

    /// The audited actions in a copy of the database file without its write-ahead log.
    std::vector<std::string> in_the_file_itself() {
        const auto copy = folder.file("copy-" + std::to_string(++copies) + ".db");
        std::filesystem::copy_file(path(), copy);
        auto connection = Connection::open(copy).value();
        auto query = connection.query("SELECT action FROM audit ORDER BY id").value();
        std::vector<std::string> actions;
        while (query.next().value()) actions.emplace_back(query.text(0));
        return actions;
    }

    ScratchDirectory folder;
    FaultyVfs disk;
    int copies = 0;
};

// After a failed flush the next one may report success although data was lost.
TEST_F(DeliveriesFaults, AfterAFailedFlushTheLogIsWrittenAgain) {
    auto deliveries = SqliteDeliveries::open(path()).value();
    ASSERT_TRUE(audit(*deliveries, "before"));
    disk.watch("-wal");
    disk.fail_sync(1);
    EXPECT_EQ(audit(*deliveries, "in doubt").error().code, ErrorCode::unavailable);
    ASSERT_TRUE(audit(*deliveries, "after"));
    const auto actions = in_the_file_itself();
    ASSERT_FALSE(actions.empty());
    EXPECT_EQ(actions.front(), "before");
    deliveries->begin(bus::Durability::safe);
    const auto all = deliveries->records().audits({});
    ASSERT_TRUE(deliveries->commit());
    ASSERT_GE(all.size(), 2u);
    EXPECT_EQ(all.front().action, "after");
    EXPECT_EQ(all.back().action, "before");
}

// SQLite writes the log into the file when the last connection closes; here another one stays.
TEST_F(DeliveriesFaults, AfterAFailedFlushTheLogIsWrittenAgainWhileOthersReadTheFile) {
    auto deliveries = SqliteDeliveries::open(path()).value();
    ASSERT_TRUE(audit(*deliveries, "before"));
    auto other = Connection::open(path(), {.read_only = true}).value();
    ASSERT_TRUE(other.query("SELECT count(*) FROM audit").value().next());
    disk.watch("-wal");
    disk.fail_sync(1);
    EXPECT_FALSE(audit(*deliveries, "in doubt"));
    ASSERT_TRUE(audit(*deliveries, "after"));
    const auto actions = in_the_file_itself();
    ASSERT_FALSE(actions.empty());
    EXPECT_EQ(actions.front(), "before");
}

TEST_F(DeliveriesFaults, NothingIsStoredWhileTheDiskCannotFlush) {
    auto deliveries = SqliteDeliveries::open(path()).value();
    ASSERT_TRUE(audit(*deliveries, "before"));
    disk.fail_sync(1, FaultyVfs::for_ever);
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(audit(*deliveries, "lost"));
    disk.heal();
    ASSERT_TRUE(audit(*deliveries, "after"));
    EXPECT_EQ(in_the_file_itself().front(), "before");
}

TEST_F(DeliveriesFaults, AFullDiskIsReportedAndWritingResumesWhenThereIsRoom) {
    auto deliveries = SqliteDeliveries::open(path()).value();
    ASSERT_TRUE(audit(*deliveries, "before"));
    disk.fail_write(1, FaultyVfs::for_ever);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(audit(*deliveries, "no room").error().code, ErrorCode::unavailable);
    disk.heal();
    ASSERT_TRUE(audit(*deliveries, "after"));
    deliveries->begin(bus::Durability::safe);
    EXPECT_EQ(deliveries->records().audits({}).size(), 2u);
    EXPECT_TRUE(deliveries->commit());
}

class DispatchingOnAFaultyDisk : public Dispatching {
  protected:
    DispatchingOnAFaultyDisk() { options.gather = 25ms; }
    ~DispatchingOnAFaultyDisk() override { dispatcher.reset(); }

    void start_anew(int number) { file = "bus-" + std::to_string(number) + ".db"; }

    FaultyVfs faulty;
};

class EveryFault : public bus::FaultRun<DispatchingOnAFaultyDisk> {
  protected:
    static constexpr int events = 40;

    /// Repeats the same run; in each repetition another one of these calls fails.
    template <class Count, class Fail>
    void fail_each(std::int64_t step, Count count, Fail fail) {
        open();
        const auto before = count();
        run(events);
        expect_all_done(events);
        const auto calls = count() - before;
        ASSERT_GT(calls, 0);
        for (std::int64_t nth = 1; nth <= calls; nth += step) {
            forget();
            start_anew(static_cast<int>(nth));
            open();
            const auto failures = faulty.failures();
            fail(nth);
            run(events);
            faulty.heal();
            EXPECT_LE(faulty.failures() - failures, 1);
            expect_all_done(events);
            ASSERT_FALSE(HasFailure()) << "call " << nth << " of " << calls << " failed";
        }
    }
};

TEST_F(EveryFault, OfAFlushLosesNothing) {
    fail_each(
        1, [&] { return faulty.syncs(); }, [&](std::int64_t nth) { faulty.fail_sync(nth); });
}

TEST_F(EveryFault, OfAWriteToAFullDiskLosesNothing) {
    fail_each(
        29, [&] { return faulty.writes(); }, [&](std::int64_t nth) { faulty.fail_write(nth); });
}

TEST_F(EveryFault, OfAWriteLosesNothing) {
    fail_each(
        29,
        [&] { return faulty.writes(); },
        [&](std::int64_t nth) { faulty.fail_write(nth, 1, SQLITE_IOERR_WRITE); });
}

}  // namespace
}  // namespace rotacast::store
