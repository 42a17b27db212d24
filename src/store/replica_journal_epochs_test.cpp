// A replica whose order goes on in another epoch, and a file that is a replica for a while.

#include "store/replica_for_tests.hpp"
#include "store/sqlite_journal.hpp"
#include "store/sqlite_outbox.hpp"

#include <filesystem>

namespace rotacast::store {
namespace {

namespace fs = std::filesystem;
using bus::append_now;
using bus::Offset;
using bus::one_event;
using bus::some_event;
using Announced = std::vector<std::pair<std::string, Offset>>;

class ReplicaEpochsTest : public ReplicaTest {
  protected:
    ReplicaJournal::Rewind to(Offset last,
                              const std::string& epoch,
                              std::vector<FormerEpoch> former = {}) {
        return {last, epoch, std::move(former), [this](std::vector<RawEntry> slice) {
                    for (auto& entry : slice) dropped.push_back(std::move(entry));
                    return Result<void>();
                }};
    }
    void change_mark(const std::function<void(JournalMark&)>& change) const {
        auto file = JournalMarkFile::open(path + "-mark").value();
        auto mark = file.read().value();
        change(mark);
        ASSERT_TRUE(file.write(mark));
    }
    std::unique_ptr<SqliteJournal> open_alone() {
        journal.reset();
        return SqliteJournal::open(path).value();
    }

    std::vector<RawEntry> dropped;
};

TEST_F(ReplicaEpochsTest, RewindsToTheSharedEntryAndHandsOverWhatItDrops) {
    options.enricher = &enricher;
    open();
    const auto first = epoch();
    const auto entries = some_entries(1, 8);
    ASSERT_TRUE(apply(entries));
    EXPECT_EQ(rewind(to(5, "e2")).value(), 3U);
    EXPECT_EQ(dropped, raw_of(part_of(entries, 6, 8)));
    EXPECT_EQ(announced, (Announced{{"e2", 5}}));
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        EXPECT_EQ(epoch(), "e2");
        EXPECT_EQ(journal->state().last, 5U);
        EXPECT_EQ(journal->shared_with(first), 5U);
        EXPECT_EQ(journal->shared_with("e2"), 5U);
        EXPECT_EQ(journal->shared_with("e3"), std::nullopt);
        EXPECT_EQ(offsets_read(), range(1, 5));
        EXPECT_EQ(journal->find(entries[6].raw.event_id).value(), std::nullopt);
        EXPECT_EQ(journal->seen(), (bus::Cursor{"e2", {5}}));
    }
    ASSERT_TRUE(apply(some_entries(6, 6)));
    EXPECT_EQ(last_named(told.back().known), "5") << "what dropped entries said is forgotten";
    EXPECT_EQ(journal->read(5, 1).value()->epoch, "e2");
}

TEST_F(ReplicaEpochsTest, NothingIsDroppedIfItCannotBeKept) {
    open();
    const auto first = epoch();
    ASSERT_TRUE(apply(some_entries(1, 4)));
    auto request = to(2, "e2");
    request.keep = [](const auto&) -> Result<void> {
        return Error{ErrorCode::unavailable, "No room.", ""};
    };
    EXPECT_EQ(rewind(std::move(request)).error().message, "No room.");
    EXPECT_EQ(epoch(), first);
    EXPECT_EQ(offsets_read(), range(1, 4));
    EXPECT_TRUE(announced.empty());
}

TEST_F(ReplicaEpochsTest, WhatIsDroppedCanGoToTheOutboxFirst) {
    open();
    const auto entries = some_entries(1, 2'500);
    ASSERT_TRUE(apply(entries));
    const auto outbox = SqliteOutbox::open(path + "-outbox").value();
    auto request = to(100, "e2");
    request.keep = [&](std::vector<RawEntry> slice) -> Result<void> {
        std::vector<bus::AppendRequest> requests;
        requests.reserve(slice.size());
        for (auto& raw : slice) requests.push_back(append_again(std::move(raw)).value());
        const auto added = wait_for<SqliteOutbox::Sequence>(
            [&](auto done) { outbox->add_all(std::move(requests), std::move(done)); });
        return added ? Result<void>() : added.error();
    };
    EXPECT_EQ(rewind(std::move(request)).value(), 2'400U);
    const auto rows = outbox->read(0, 10'000).value();
    ASSERT_EQ(rows.size(), 2'400U);
    for (std::size_t i = 0; i < rows.size(); ++i)
        EXPECT_EQ(rows[i].request->envelopes.at(0).metadata.event_id,
                  entries[100 + i].raw.event_id);
}

TEST_F(ReplicaEpochsTest, EntriesAreNotDroppedWithinOneEpoch) {
    open();
    ASSERT_TRUE(apply(some_entries(1, 4)));
    EXPECT_EQ(rewind(to(2, epoch())).error().code, ErrorCode::conflict);
    EXPECT_EQ(adopt("not.an epoch").error().code, ErrorCode::conflict);
    EXPECT_EQ(journal->state().last, 4U);
    EXPECT_TRUE(journal->state().writable);
}

TEST_F(ReplicaEpochsTest, AdoptsAnEpochAndItsFormerOnes) {
    open();
    const auto first = epoch();
    ASSERT_TRUE(apply(some_entries(1, 4)));
    EXPECT_EQ(adopt("e3", {{"e1", 7}, {"e2", 3}, {first, 6}}).value(), 0U);
    EXPECT_EQ(announced, (Announced{{"e3", 4}}));
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        EXPECT_EQ(epoch(), "e3");
        EXPECT_EQ(journal->shared_with("e1"), 7U) << "the journal itself is behind";
        EXPECT_EQ(journal->shared_with("e2"), 3U);
        EXPECT_EQ(journal->shared_with(first), 6U);
    }
    announced.clear();
    ASSERT_TRUE(adopt("e3", {{"e2", 2}}));
    EXPECT_TRUE(announced.empty());
    EXPECT_EQ(journal->shared_with("e2"), 2U);
    EXPECT_EQ(offsets_read(), range(1, 4));
}

TEST_F(ReplicaEpochsTest, RewindsBelowItsFirstEntry) {
    open();
    ASSERT_TRUE(begin_at(50));
    ASSERT_TRUE(apply(some_entries(50, 60)));
    EXPECT_EQ(rewind(to(20, "e2")).value(), 11U);
    EXPECT_EQ(dropped.size(), 11U);
    EXPECT_EQ(journal->state().first, 21U);
    EXPECT_EQ(journal->state().last, 20U);
    EXPECT_EQ(apply(some_entries(21, 22)).value(), 22U);
    EXPECT_EQ(rewind(to(0, "e3")).value(), 2U);
    EXPECT_EQ(apply(some_entries(1, 2)).value(), 2U);
    EXPECT_EQ(offsets_read(), range(1, 2));
}

TEST_F(ReplicaEpochsTest, ForgetsStoredFactsOfDroppedEntries) {
    options.enricher = &enricher;
    {
        auto alone =
            SqliteJournal::open(path).value();  // without facts: the next start stores them
        for (int i = 0; i < 4; ++i) ASSERT_TRUE(append_now(*alone, one_event("s1")));
    }
    open();
    ASSERT_TRUE(rewind(to(2, "e2")));
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        const auto evaluated = evaluate({some_event("s1")}).value();
        EXPECT_TRUE(evaluated.at(0).unseen.empty());
        ASSERT_TRUE(apply(some_entries(journal->state().last + 1, journal->state().last + 1)));
        EXPECT_EQ(last_named(told.back().known), std::to_string(journal->state().last - 1));
    }
}

TEST_F(ReplicaEpochsTest, AFileOfANodeAloneKeepsItsEpochInACluster) {
    std::string first;
    {
        auto alone = open_alone();
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(append_now(*alone, one_event()));
        first = alone->state().epoch;
    }
    open();
    EXPECT_EQ(epoch(), first);
    EXPECT_EQ(journal->state().last, 3U);
    EXPECT_EQ(journal->seen(), (bus::Cursor{first, {3}}));
    ASSERT_TRUE(apply(some_entries(4, 4)));
    EXPECT_EQ(offsets_told(), range(4, 4));
}

// Otherwise it would give the cluster's cursors to other events.
TEST_F(ReplicaEpochsTest, AFileThatLeavesAClusterBeginsAnEpochOfItsOwn) {
    open();
    ASSERT_TRUE(adopt("cluster"));
    ASSERT_TRUE(apply(some_entries(1, 3)));
    std::string own;
    {
        auto alone = open_alone();
        own = alone->state().epoch;
        EXPECT_NE(own, "cluster");
        EXPECT_EQ(alone->shared_with("cluster"), 3U);
        auto claiming = bus::following(3, own, some_event("s1"));
        EXPECT_EQ(append_now(*alone, claiming).value().at(0).offset, 4U) << "versions are counted";
    }
    EXPECT_EQ(open_alone()->state().epoch, own) << "once";
    // Back in the cluster, which has gone on meanwhile.
    open();
    EXPECT_EQ(epoch(), own);
    EXPECT_EQ(journal->shared_with("cluster"), 3U);
    EXPECT_EQ(rewind(to(*journal->shared_with("cluster"), "cluster")).value(), 1U);
    EXPECT_EQ(dropped.size(), 1U);
    EXPECT_EQ(journal->shared_with(own), 3U);
    EXPECT_EQ(apply(some_entries(4, 6)).value(), 6U);
}

TEST_F(ReplicaEpochsTest, KeysOfDroppedEntriesAreForgotten) {
    auto kept = one_event();
    kept.idempotency_key = "kept";
    auto lost = one_event();
    lost.idempotency_key = "lost";
    {
        SqliteJournalOptions alone_options;
        alone_options.clock = [time = Timestamp(Seconds(1'800'000'000))]() mutable {
            return time += Seconds(1);
        };
        alone_options.steady = [] { return bus::SteadyTime(Seconds(1)); };
        auto alone = SqliteJournal::open(path, alone_options).value();
        ASSERT_TRUE(append_now(*alone, kept));
        ASSERT_TRUE(append_now(*alone, lost));
    }
    open();
    ASSERT_TRUE(rewind(to(1, "e2")));
    ASSERT_TRUE(apply(some_entries(2, 2)));
    auto alone = open_alone();
    kept.envelopes = {some_event()};
    EXPECT_TRUE(append_now(*alone, kept).value().at(0).duplicate);
    lost.envelopes = {some_event()};
    EXPECT_FALSE(append_now(*alone, lost).value().at(0).duplicate);
}

TEST_F(ReplicaEpochsTest, AShorterFileIsNoNewEpochAndRemembersWhatWasHandedOut) {
    open();
    const auto first = epoch();
    const auto entries = some_entries(1, 8);
    ASSERT_TRUE(apply(entries));
    journal.reset();
    {
        auto other = Connection::open(path).value();
        ASSERT_TRUE(other.execute("DELETE FROM journal WHERE offset > 5"));
        ASSERT_TRUE(other.execute("UPDATE journal_meta SET last = 5"));
    }
    for (int i = 0; i < 2; ++i) {
        open();
        EXPECT_EQ(epoch(), first);
        EXPECT_EQ(journal->state().last, 5U);
        EXPECT_EQ(journal->seen(), (bus::Cursor{first, {8}}));
    }
    ASSERT_TRUE(apply(part_of(entries, 6, 7)));
    EXPECT_EQ(journal->seen(), (bus::Cursor{first, {8}}));
    ASSERT_TRUE(apply(some_entries(8, 9)));
    EXPECT_EQ(journal->seen(), (bus::Cursor{first, {9}}));
}

TEST_F(ReplicaEpochsTest, AHandlersPositionWasHandedOut) {
    open();
    const auto first = epoch();
    ASSERT_TRUE(apply(some_entries(1, 2)));
    options.seen = {{first, {4}}, {"another", {9}}};
    open();
    EXPECT_EQ(journal->seen(), (bus::Cursor{first, {4}}));
}

TEST_F(ReplicaEpochsTest, WithoutItsMarkItIsUnknownWhatWasHandedOut) {
    open();
    const auto first = epoch();
    ASSERT_TRUE(apply(some_entries(1, 2)));
    journal.reset();
    fs::remove(path + "-mark");
    for (int i = 0; i < 2; ++i) {
        open();
        EXPECT_EQ(epoch(), first);
        EXPECT_EQ(journal->seen(), std::nullopt);
        ASSERT_TRUE(apply(some_entries(journal->state().last + 1, journal->state().last + 1)));
        EXPECT_EQ(journal->seen(), std::nullopt) << "until somebody knows";
    }
    journal->note_complete();
    pass();
    EXPECT_EQ(journal->seen(), (bus::Cursor{first, {4}}));
    open();
    EXPECT_EQ(journal->seen(), (bus::Cursor{first, {4}}));
}

TEST_F(ReplicaEpochsTest, AnotherEpochSettlesWhatWasHandedOut) {
    open();
    ASSERT_TRUE(apply(some_entries(1, 2)));
    journal.reset();
    fs::remove(path + "-mark");
    open();
    ASSERT_TRUE(adopt("e2"));
    EXPECT_EQ(journal->seen(), (bus::Cursor{"e2", {2}}));
}

TEST_F(ReplicaEpochsTest, APowerLossThatMayHaveLostCommitsLeavesItUnknown) {
    options.connection.synchronous = Synchronous::normal;
    open();
    ASSERT_TRUE(apply(some_entries(1, 2)));
    journal.reset();
    change_mark([](JournalMark& mark) {
        mark.clean = false;
        mark.boot = "another";
    });
    open();
    EXPECT_EQ(journal->seen(), std::nullopt);
}

TEST_F(ReplicaEpochsTest, ARestoredCopyNamesTheEpochInWhichMoreWasHandedOut) {
    open();
    ASSERT_TRUE(apply(some_entries(1, 2)));
    const auto first = epoch();
    journal.reset();
    fs::copy_file(path, path + "-copy");
    open();
    ASSERT_TRUE(adopt("e2"));
    ASSERT_TRUE(apply(some_entries(3, 5)));
    journal.reset();
    fs::remove(path);
    fs::rename(path + "-copy", path);
    for (int i = 0; i < 2; ++i) {
        open();
        EXPECT_EQ(epoch(), first);
        EXPECT_EQ(journal->seen(), (bus::Cursor{"e2", {5}}));
    }
}

}  // namespace
}  // namespace rotacast::store
