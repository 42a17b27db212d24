#include "store/sqlite_journal.hpp"

#include "store/schema.hpp"
#include "store/sqlite_journal_for_tests.hpp"

#include <atomic>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;

bus::AppendRequest large_request(std::size_t events) {  // 40 KB each: they contain the name twice
    std::vector<events::Envelope> envelopes;
    for (std::size_t i = 0; i < events; ++i)
        envelopes.push_back(some_event(std::string(20'000, 'x')));
    return request_of(std::move(envelopes));
}

TEST_F(SqliteJournalTest, AFullDiskRefusesRequestsAndPublishesNothing) {
    options.connection.pages_max = 120;
    options.maintenance_interval = 1h;  // only an append tries again
    open();
    bus::Followed followed(*journal);
    ASSERT_TRUE(append_now(*journal, one_event()));
    EXPECT_EQ(refusal(large_request(100)), ErrorCode::unavailable);
    EXPECT_FALSE(journal->state().writable);
    EXPECT_FALSE(journal->state().reason.empty());
    EXPECT_EQ(journal->state().last, 1U);
    EXPECT_EQ(followed.offsets(), std::vector<Offset>{1});
    EXPECT_EQ(read_offsets(0), std::vector<Offset>{1});

    // A request that still fits is stored without a gap in the offsets and makes the journal
    // writable.
    EXPECT_EQ(append_now(*journal, one_event()).value().at(0).offset, 2U);
    EXPECT_TRUE(journal->state().writable);
    EXPECT_EQ(followed.offsets(), (std::vector<Offset>{1, 2}));
    open();
    EXPECT_EQ(read_offsets(0), (std::vector<Offset>{1, 2}));
}

TEST_F(SqliteJournalTest, RecoversByItselfWhenThereIsRoomAgain) {
    {
        auto ballast = open_database(path).value();
        ASSERT_TRUE(ballast.execute(
            "CREATE TABLE ballast (x BLOB); INSERT INTO ballast VALUES (zeroblob(2000000))"));
        auto pages = ballast.query("PRAGMA page_count").value();
        ASSERT_TRUE(pages.next().value());
        options.connection.pages_max = pages.integer(0) + 8;  // too little for the probe
    }
    options.maintenance_interval = 1ms;
    open();
    EXPECT_EQ(refusal(large_request(30)), ErrorCode::unavailable);
    EXPECT_FALSE(journal->state().writable);
    auto other = Connection::open(path).value();
    ASSERT_TRUE(other.execute("DELETE FROM ballast"));
    wait_until_writable();
    EXPECT_TRUE(journal->state().reason.empty());
    EXPECT_EQ(append_now(*journal, large_request(30)).value().at(0).offset, 1U);
}

TEST_F(SqliteJournalTest, ALockedDatabaseRefusesWritesButNotReads) {
    options.connection.busy_timeout = 1ms;
    options.maintenance_interval = 1ms;
    open();
    bus::Followed followed(*journal);
    ASSERT_TRUE(append_now(*journal, one_event()));
    {
        auto other = Connection::open(path).value();
        ASSERT_TRUE(other.execute("BEGIN EXCLUSIVE"));
        EXPECT_EQ(refusal(one_event()), ErrorCode::unavailable);
        EXPECT_FALSE(journal->state().writable);
        EXPECT_EQ(read_offsets(0), std::vector<Offset>{1});
    }
    wait_until_writable();
    EXPECT_EQ(append_now(*journal, one_event()).value().at(0).offset, 2U);
    EXPECT_EQ(followed.offsets(), (std::vector<Offset>{1, 2}));
}

TEST_F(SqliteJournalTest, RequestsBeyondTheBoundsAreRefusedAtOnce) {
    options.pending_requests_max = 2;
    options.pending_bytes_max = 10'000;
    open();
    HeldWriter held(*journal);
    EXPECT_EQ(refusal(large_request(1)), ErrorCode::unavailable);
    auto one = append(*journal, one_event());
    auto two = append(*journal, one_event());
    EXPECT_EQ(refusal(one_event()), ErrorCode::unavailable);
    EXPECT_TRUE(journal->state().writable);
    held.let_go();
    EXPECT_EQ(one.get().value().at(0).offset, 2U);
    EXPECT_EQ(two.get().value().at(0).offset, 3U);
}

TEST_F(SqliteJournalTest, ARefusedRequestDoesNotDisturbItsBatch) {
    open();
    std::vector<std::size_t> batches;
    journal->follow(
        [&](const bus::EntryBatchPtr& batch) { batches.push_back(batch->entries.size()); });
    const auto event = some_event("a");
    auto clash = some_event("b");
    clash.metadata.event_id = event.metadata.event_id;
    HeldWriter held(*journal);
    auto one = append(*journal, request_of({event}));
    auto bad = append(*journal, request_of({some_event(), clash}));
    auto same = append(*journal, request_of({event}));
    auto two = append(*journal, request_of({some_event(), some_event()}));
    held.let_go();
    EXPECT_EQ(one.get().value().at(0).offset, 2U);
    EXPECT_EQ(bad.get().error().code, ErrorCode::idempotency_conflict);
    EXPECT_TRUE(same.get().value().at(0).duplicate);
    EXPECT_EQ(two.get().value().at(1).offset, 4U);
    EXPECT_EQ(batches, (std::vector<std::size_t>{1, 3}));  // the second batch in one commit
    EXPECT_EQ(read_offsets(0), (std::vector<Offset>{1, 2, 3, 4}));
}

TEST_F(SqliteJournalTest, KeepsTheNewestEntriesByCount) {
    options.retention.entries_max = 10;
    open();
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(append_now(*journal, one_event()));
    pass_a_batch();
    journal->close();
    EXPECT_EQ(journal->state().last, 32U);
    EXPECT_EQ(journal->state().first, 23U);
    EXPECT_EQ(read_offsets(0).front(), 23U);
    options.retention = {};
    open();
    EXPECT_EQ(journal->state().first, 23U);
    EXPECT_EQ(read_offsets(0).size(), 10U);
}

TEST_F(SqliteJournalTest, KeepsTheNewestEntriesBySize) {
    options.retention.bytes_max = 90'000;
    open();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(append_now(*journal, large_request(1)));
    journal->close();
    EXPECT_EQ(journal->state().last, 10U);
    EXPECT_EQ(journal->state().first, 9U);
}

TEST_F(SqliteJournalTest, KeepsTheNewestEntriesByAgeAndContinuesItsOffsets) {
    // The fixture's journal reads the clocks until the fixture ends.
    const auto day = std::make_shared<std::atomic<std::int64_t>>(0);
    options.clock = [day] { return Timestamp(24h * day->load() + 1h); };
    options.steady = [day] { return bus::SteadyTime(24h * day->load()); };
    options.retention.age_max = 36h;
    options.maintenance_interval = 0ms;
    open();
    auto request = one_event();
    request.idempotency_key = "k";
    ASSERT_TRUE(append_now(*journal, request));
    *day = 1;
    ASSERT_TRUE(append_now(*journal, one_event()));
    *day = 10;
    while (journal->state().first != 3) std::this_thread::yield();
    EXPECT_EQ(journal->state().last, 2U);
    EXPECT_TRUE(read_offsets(0).empty());
    open();
    EXPECT_EQ(journal->state().first, 3U);
    // The key is forgotten too, and offsets are never reused.
    request.content_digest = "other";
    EXPECT_EQ(append_now(*journal, request).value().at(0).offset, 3U);
}

TEST_F(SqliteJournalTest, AClockThatLeapsAheadRemovesNothing) {
    const auto day = std::make_shared<std::atomic<std::int64_t>>(20'000);
    const auto looks = std::make_shared<std::atomic<std::int64_t>>(0);
    options.clock = [day] { return Timestamp(24h * day->load()); };
    options.steady = [looks] {
        ++*looks;
        return bus::SteadyTime(1h);
    };
    options.retention.age_max = 36h;
    options.maintenance_interval = 0ms;
    const auto look_twice = [looks] {
        for (const auto until = *looks + 2; *looks < until;) std::this_thread::yield();
    };
    open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(append_now(*journal, one_event()));
    look_twice();
    *day = 23'650;
    look_twice();
    ASSERT_TRUE(append_now(*journal, one_event()));  // stored with a time in the future
    look_twice();
    EXPECT_EQ(journal->state().first, 1U);
    open();  // while the clock is still wrong
    look_twice();
    EXPECT_EQ(journal->state().first, 1U);
    *day = 20'000;
    look_twice();
    EXPECT_EQ(read_offsets(0), (std::vector<Offset>{1, 2, 3, 4}));
}

TEST_F(SqliteJournalTest, AnotherProcessCanReadTheJournal) {
    EXPECT_TRUE(JournalReader::open(path).has_error());
    open();
    auto reader = JournalReader::open(path).value();
    EXPECT_EQ(reader.extent().value().last, 0U);
    ASSERT_TRUE(append_now(*journal, request_of({some_event(), some_event(), some_event()})));
    const auto extent = reader.extent().value();
    EXPECT_EQ(extent.last, 3U);
    EXPECT_EQ(extent.epoch, journal->state().epoch);
    const auto batch = reader.read(extent.epoch, 1, extent.last, 10).value();
    ASSERT_EQ(batch->entries.size(), 2U);
    EXPECT_EQ(batch->entries.front().offset, 2U);
    journal.reset();
    EXPECT_EQ(JournalReader::open(path).value().extent().value().last, 3U);
}

TEST_F(SqliteJournalTest, ReadsAndRecognisesEntriesWithNullsFromEarlierVersions) {
    open();
    const auto event = some_event();
    ASSERT_TRUE(append_now(*journal, request_of({event})));
    journal.reset();
    {
        auto connection = open_database(path).value();
        const auto written = connection.run("UPDATE journal SET body = ?", events::to_json(event));
        ASSERT_EQ(written.value(), 1);
    }
    open();
    const auto read = journal->read(0, 10).value();
    ASSERT_EQ(read->entries.size(), 1U);
    EXPECT_EQ(events::to_json(read->entries[0].envelope), events::to_json(event));
    EXPECT_TRUE(append_now(*journal, request_of({event})).value().at(0).duplicate);
    auto other = event;
    std::get<events::ScheduleArchived>(other.event).reason = "another";
    EXPECT_EQ(refusal(request_of({other})), ErrorCode::idempotency_conflict);
}

TEST_F(SqliteJournalTest, ClosingLeavesOneFile) {
    open();
    ASSERT_TRUE(append_now(*journal, one_event()));
    journal.reset();
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
}

TEST_F(SqliteJournalTest, OnlyOneProcessCanWrite) {
    open();
    const auto second = SqliteJournal::open(path, options);
    ASSERT_TRUE(second.has_error());
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    journal.reset();
    EXPECT_TRUE(SqliteJournal::open(path, options));
}

}  // namespace
}  // namespace rotacast::store
