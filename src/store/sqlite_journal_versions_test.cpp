// The journal's versions of aggregates: when they are collected, and who waits for them.

#include "store/schema.hpp"
#include "store/sqlite_journal_for_tests.hpp"

namespace rotacast::store {
namespace {

TEST_F(SqliteJournalTest, AClaimOfATrimmedVersionIsAccepted) {
    options.retention.entries_max = 10;
    open();
    const auto epoch = journal->state().epoch;
    ASSERT_TRUE(append_now(*journal, bus::following(0, epoch, some_event("old"))));
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(append_now(*journal, one_event("new")));
    pass_a_batch();
    EXPECT_GT(journal->state().first, 20U);
    EXPECT_EQ(refusal(bus::following(32, epoch, some_event("old"))), ErrorCode::version_conflict);
    EXPECT_EQ(refusal(bus::following(1, "another", some_event("old"))),
              ErrorCode::version_conflict);
    EXPECT_EQ(refusal(bus::following(1, epoch, some_event("new"))), ErrorCode::version_conflict);
    EXPECT_TRUE(append_now(*journal, bus::following(1, epoch, some_event("old"))));
}

TEST_F(SqliteJournalTest, VersionsAreCollectedForTheFirstClaim) {
    const auto collected = [this] {
        auto connection = Connection::open(path, {.read_only = true}).value();
        auto query = connection.query("SELECT count(*) FROM aggregate_versions").value();
        EXPECT_TRUE(query.next().value());
        return query.integer(0);
    };
    open();
    ASSERT_TRUE(append_now(*journal, one_event("a")));
    EXPECT_EQ(collected(), 0);
    // A refused request of several events does not undo the collection and stores nothing.
    auto request = request_of({some_event("b"), some_event("a")});
    request.version_claims.emplace_back();
    request.version_claims.back().event = 1;
    EXPECT_EQ(refusal(request), ErrorCode::version_conflict);
    EXPECT_EQ(collected(), 1);
    ASSERT_TRUE(append_now(*journal, one_event("c")));
    EXPECT_EQ(collected(), 2);
}

TEST_F(SqliteJournalTest, VersionsAreCollectedInSlices) {
    open();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(append_now(*journal, one_event()));
    journal.reset();
    auto connection = open_database(path, {}).value();
    JournalTable table(connection, nullptr);
    auto extent = JournalTable::load(connection).value();
    for (const bus::Offset from : {71U, 41U, 11U, 1U}) {
        EXPECT_FALSE(extent.knows_versions());
        ASSERT_TRUE(table.collect_versions(extent, 30));
        EXPECT_EQ(extent.versions_from, from);
    }
    EXPECT_TRUE(extent.knows_versions());
}

TEST_F(SqliteJournalTest, OtherRequestsAreStoredWhileVersionsAreCollected) {
    options.versions_slice = 7;
    open();
    const auto epoch = journal->state().epoch;
    for (int i = 0; i < 99; ++i)
        ASSERT_TRUE(append_now(*journal, one_event("s" + std::to_string(i % 10))));
    HeldWriter held(*journal);  // entry 100, of s1
    auto wrong = append(*journal, bus::following(81, epoch, some_event("s1")));
    auto right = append(*journal, bus::following(93, epoch, some_event("s2")));
    auto other = append(*journal, one_event("s3"));
    auto late = append(*journal, bus::following(101, epoch, some_event("s3")));
    held.let_go();
    EXPECT_EQ(other.get().value().at(0).offset, 101U);
    EXPECT_EQ(wrong.get().error().code, ErrorCode::version_conflict);
    EXPECT_EQ(right.get().value().at(0).offset, 102U);
    EXPECT_EQ(late.get().value().at(0).offset, 103U);
    // The versions are known from now on, also to the next process.
    open();
    EXPECT_TRUE(append_now(*journal, bus::following(103, epoch, some_event("s3"))));
}

TEST_F(SqliteJournalTest, ClosingStoresRequestsThatWaitForVersions) {
    options.versions_slice = 1;
    open();
    const auto epoch = journal->state().epoch;
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(append_now(*journal, one_event("old")));
    auto waits = append(*journal, bus::following(50, epoch, some_event("old")));
    journal->close();
    EXPECT_EQ(waits.get().value().at(0).offset, 51U);
}

}  // namespace
}  // namespace rotacast::store
