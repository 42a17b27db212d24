#include "store/replica_journal.hpp"

#include "store/replica_for_tests.hpp"

#include <unistd.h>

#include <fstream>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;
using bus::Offset;
using bus::some_event;

TEST_F(ReplicaTest, KeepsOffsetTimePublisherAndTextsOfItsEntries) {
    open();
    auto entries = some_entries(1, 3);
    entries[1].raw.body.insert(1, " ");  // another encoder than ours
    entries[2].raw.provenance = R"({"request_id": "r-1"})";
    entries[2].envelope = decode(entries[2].raw).value().envelope;
    EXPECT_EQ(apply(entries).value(), 3U);
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        EXPECT_EQ(journal->read_raw(0, 100).value(), raw_of(entries));
        const auto batch = journal->read(0, 100).value();
        ASSERT_EQ(batch->entries.size(), 3U);
        EXPECT_EQ(batch->epoch, epoch());
        EXPECT_EQ(batch->entries[2].offset, 3U);
        EXPECT_EQ(batch->entries[2].stored_at, entries[2].raw.stored_at);
        EXPECT_EQ(batch->entries[2].publisher, "key:test");
        EXPECT_EQ(batch->entries[2].envelope.provenance->request_id, "r-1");
        EXPECT_EQ(events::to_json(batch->entries[1].envelope),
                  events::to_json(entries[1].envelope));
    }
}

TEST_F(ReplicaTest, ReadsRawEntriesWithinBounds) {
    open();
    const auto entries = some_entries(1, 10);
    ASSERT_TRUE(apply(entries));
    EXPECT_EQ(journal->read_raw(7, 100).value(), raw_of(part_of(entries, 8, 10)));
    EXPECT_EQ(journal->read_raw(0, 2).value(), raw_of(part_of(entries, 1, 2)));
    EXPECT_EQ(journal->read_raw(0, 10, 1).value(), raw_of(part_of(entries, 1, 1)));
    EXPECT_TRUE(journal->read_raw(10, 10).value().empty());
    EXPECT_TRUE(journal->read_raw(~Offset{0}, 10).value().empty());
}

TEST_F(ReplicaTest, CallsTheTailBeforeDone) {
    open();
    std::promise<std::vector<Offset>> promise;
    journal->apply(some_entries(1, 2),
                   [&](const Result<Offset>&) { promise.set_value(offsets_told()); });
    EXPECT_EQ(promise.get_future().get(), range(1, 2));
}

TEST_F(ReplicaTest, IgnoresWhatItHas) {
    open();
    const auto entries = some_entries(1, 6);
    ASSERT_TRUE(apply(part_of(entries, 1, 4)));
    EXPECT_EQ(apply(part_of(entries, 2, 3)).value(), 4U);
    EXPECT_EQ(apply(part_of(entries, 3, 6)).value(), 6U);
    EXPECT_EQ(apply({}).value(), 6U);
    EXPECT_EQ(offsets_told(), range(1, 6));
    EXPECT_EQ(journal->read_raw(0, 100).value(), raw_of(entries));
}

TEST_F(ReplicaTest, RefusesAHoleAndStoresNothingOfTheRequest) {
    open();
    const auto entries = some_entries(1, 6);
    ASSERT_TRUE(apply(part_of(entries, 1, 2)));
    const auto behind = apply(part_of(entries, 4, 5));
    EXPECT_EQ(behind.error().code, ErrorCode::conflict);
    EXPECT_EQ(behind.error().path, "/0");
    auto within = part_of(entries, 2, 6);
    within.erase(within.begin() + 2);
    const auto refused = apply(within);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().path, "/2");
    EXPECT_TRUE(apply({ordered(0, some_event())}).has_error());
    EXPECT_EQ(journal->state().last, 2U);
    EXPECT_TRUE(journal->state().writable);
    EXPECT_EQ(offsets_told(), range(1, 2));
}

TEST_F(ReplicaTest, RefusesAnotherEventAtAnOffsetThatItHas) {
    open();
    const auto entries = some_entries(1, 4);
    ASSERT_TRUE(apply(part_of(entries, 1, 3)));
    auto forked = part_of(entries, 2, 4);
    forked[1] = ordered(3, some_event());
    const auto refused = apply(forked);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().path, "/1");
    EXPECT_EQ(journal->state().last, 3U);
}

TEST_F(ReplicaTest, ARefusedRequestDoesNotDisturbItsBatch) {
    open();
    const auto entries = some_entries(1, 4);
    std::promise<void> held;
    std::promise<void> reached;
    auto let_go = held.get_future().share();
    journal->evaluate({}, [&reached, let_go](const auto&) {
        reached.set_value();
        let_go.wait();
    });
    reached.get_future().wait();
    std::vector<Result<Offset>> answers;
    std::promise<void> all;
    for (const auto& [first, last] : std::vector<std::pair<Offset, Offset>>{{1, 2}, {4, 4}, {3, 4}})
        journal->apply(part_of(entries, first, last), [&](Result<Offset> answer) {
            answers.push_back(std::move(answer));
            if (answers.size() == 3) all.set_value();
        });
    held.set_value();
    all.get_future().wait();
    EXPECT_EQ(answers[0].value(), 2U);
    EXPECT_EQ(answers[1].error().code, ErrorCode::conflict);
    EXPECT_EQ(answers[2].value(), 4U);
    EXPECT_EQ(offsets_told(), range(1, 4));
}

TEST_F(ReplicaTest, FindsEventsAndOffsets) {
    open();
    const auto entries = some_entries(1, 3);
    ASSERT_TRUE(apply(entries));
    EXPECT_EQ(journal->event_at(2).value(), entries[1].raw.event_id);
    EXPECT_EQ(journal->event_at(0).value(), std::nullopt);
    EXPECT_EQ(journal->event_at(4).value(), std::nullopt);
    EXPECT_EQ(journal->find(entries[2].raw.event_id).value(), 3U);
    EXPECT_EQ(journal->find(Uuid::random()).value(), std::nullopt);
}

// The order forgets event ids some time before the journal forgets entries.
TEST_F(ReplicaTest, TakesAnEventThatTheOrderHasTwice) {
    open();
    const auto event = some_event();
    ASSERT_TRUE(apply({ordered(1, event), ordered(2, some_event()), ordered(3, event)}));
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        EXPECT_EQ(journal->event_at(3).value(), *event.metadata.event_id);
        EXPECT_EQ(journal->find(*event.metadata.event_id).value(), 1U);
        EXPECT_EQ(journal->read_raw(2, 1).value().at(0).event_id, *event.metadata.event_id);
        EXPECT_EQ(apply({ordered(3, event)}).value(), 3U);
    }
    EXPECT_EQ(offsets_told(), range(1, 3));
}

TEST_F(ReplicaTest, BeginsAtALaterEntryAndTellsTheTailOfTheHole) {
    options.enricher = &enricher;
    open();
    const auto entries = some_entries(1, 3);
    ASSERT_TRUE(apply(entries));
    EXPECT_EQ(begin_at(3).error().code, ErrorCode::conflict);
    ASSERT_TRUE(begin_at(4));
    EXPECT_TRUE(announced.empty());
    const auto before = epoch();
    ASSERT_TRUE(begin_at(10));
    EXPECT_EQ(announced, (std::vector<std::pair<std::string, Offset>>{{before, 9}}));
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        EXPECT_EQ(journal->state().first, 10U);
        EXPECT_EQ(journal->state().last, 9U);
        EXPECT_EQ(epoch(), before);
        EXPECT_TRUE(offsets_read().empty());
    }
    EXPECT_EQ(apply(entries).value(), 9U) << "what is trimmed counts as known";
    EXPECT_EQ(apply(some_entries(10, 11)).value(), 11U);
    EXPECT_EQ(told[3].offset, 10U);
    EXPECT_EQ(last_named(told[3].known), "") << "it may have changed in the hole";
    EXPECT_EQ(last_named(told[4].known), "10");
    EXPECT_EQ(offsets_read(), range(10, 11));
}

TEST_F(ReplicaTest, StoresWhatIsKnownWithEachEntry) {
    options.enricher = &enricher;
    open();
    ASSERT_TRUE(apply(some_entries(1, 3)));
    open();
    ASSERT_TRUE(apply(some_entries(4, 4)));
    ASSERT_EQ(told.size(), 4U);
    const auto batch = journal->read(0, 10).value();
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(last_named(told[i].known), i == 0 ? "" : std::to_string(i));
        EXPECT_EQ(last_named(batch->entries[i].known), i == 0 ? "" : std::to_string(i));
    }
}

TEST_F(ReplicaTest, EvaluatesEventsWithoutStoringThem) {
    options.enricher = &enricher;
    open();
    const auto stored = some_event("a");
    ASSERT_TRUE(apply({ordered(1, stored)}));
    for (int i = 0; i < 2; ++i) {
        const auto evaluations =
            evaluate({some_event("a"), some_event("b"), some_event("b"), stored}).value();
        ASSERT_EQ(evaluations.size(), 4U);
        EXPECT_TRUE(evaluations[0].unseen.empty());
        EXPECT_EQ(evaluations[0].offset, std::nullopt);
        EXPECT_EQ(evaluations[1].unseen, std::vector<std::string>{"/nothing_known"});
        EXPECT_TRUE(evaluations[2].unseen.empty()) << "the event before counts";
        EXPECT_EQ(evaluations[3].unseen, std::vector<std::string>{"/nothing_known"}) << "as then";
        EXPECT_EQ(evaluations[3].offset, 1U);
    }
    EXPECT_EQ(journal->state().last, 1U);
}

TEST_F(ReplicaTest, RefusesEntriesBeyondItsBounds) {
    options.pending_entries_max = 4;
    open();
    std::promise<void> held;
    std::promise<void> reached;
    auto let_go = held.get_future().share();
    journal->evaluate({}, [&reached, let_go](const auto&) {
        reached.set_value();
        let_go.wait();
    });
    reached.get_future().wait();
    std::promise<Result<Offset>> first;
    journal->apply(some_entries(1, 10),
                   [&](Result<Offset> answer) { first.set_value(std::move(answer)); });
    EXPECT_EQ(apply(some_entries(11, 11)).error().code, ErrorCode::unavailable);
    held.set_value();
    EXPECT_EQ(first.get_future().get().value(), 10U) << "a single large request is taken";
    journal->close();
    EXPECT_EQ(apply(some_entries(11, 11)).error().code, ErrorCode::unavailable);
}

TEST_F(ReplicaTest, RetentionRunsWhileEntriesAreApplied) {
    options.retention.entries_max = 100;
    options.enricher = &enricher;
    open();
    for (Offset first = 1; first <= 2'000; first += 10)
        ASSERT_TRUE(apply(some_entries(first, first + 9)));
    pass();
    EXPECT_EQ(offsets_told(), range(1, 2'000));
    const auto state = journal->state();
    EXPECT_EQ(state.last, 2'000U);
    EXPECT_EQ(state.first, 1'901U);
    EXPECT_EQ(offsets_read(), range(1'901, 2'000));
    open();
    ASSERT_TRUE(apply(some_entries(2'001, 2'001)));
    EXPECT_EQ(last_named(told.back().known), "2000");
}

#ifndef ROTACAST_SANITIZED  // sanitizers keep freed memory
std::int64_t resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    in >> total >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

TEST_F(ReplicaTest, MemoryStaysFlatOverAHundredThousandEntries) {
    constexpr Offset entries = 100'000;
    constexpr Offset per_request = 500;
    options.connection.synchronous = Synchronous::normal;
    journal = ReplicaJournal::open(path, options).value();
    const auto event = some_event();
    std::int64_t early = 0;
    for (Offset first = 1; first <= entries; first += per_request) {
        std::vector<ReplicaEntry> request;
        for (auto offset = first; offset < first + per_request; ++offset) {
            auto next = event;
            next.metadata.event_id = Uuid::random();
            request.push_back({encode(next, "key:test"), next});
            request.back().raw.offset = offset;
        }
        ASSERT_TRUE(apply(std::move(request)));
        if (first == entries / 5 + 1) early = resident_bytes();
    }
    EXPECT_EQ(journal->state().last, entries);
    // Some 80,000 entries later; kept in memory, they would be 60 MB.
    EXPECT_LT(resident_bytes() - early, 20 << 20);
}
#endif

TEST_F(ReplicaTest, ClosingLeavesOneFile) {
    open();
    ASSERT_TRUE(apply(some_entries(1, 3)));
    journal.reset();
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
}

TEST_F(ReplicaTest, OnlyOneProcessCanWrite) {
    open();
    EXPECT_EQ(ReplicaJournal::open(path, options).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace rotacast::store
