#pragma once

// The test suite of every Journal. Instantiate JournalSuite with a factory per implementation, in
// one file per test program.

#include "bus/journal.hpp"
#include "store/journal_requests_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace rotacast::bus {

/// `make` creates the storage of an empty journal; the function that it returns opens that journal,
/// any number of times.
struct JournalFactory {
    using Open = std::function<std::unique_ptr<Journal>()>;
    std::string name;
    std::function<Open()> make;
};

inline void PrintTo(const JournalFactory& factory, std::ostream* out) {
    *out << factory.name;
}

class JournalSuite : public testing::TestWithParam<JournalFactory> {
  protected:
    JournalSuite() : open(GetParam().make()), journal(open()) {}

    void reopen() {
        journal.reset();
        journal = open();
    }

    std::vector<Offset> read_offsets(Offset after, std::size_t limit) {
        std::vector<Offset> result;
        const auto batch = journal->read(after, limit).value();
        for (const auto& entry : batch->entries) result.push_back(entry.offset);
        return result;
    }

    JournalFactory::Open open;
    std::unique_ptr<Journal> journal;
};

inline void expect_same(const Entry& entry, const events::Envelope& envelope) {
    EXPECT_EQ(events::to_json(entry.envelope), events::to_json(envelope));
    EXPECT_EQ(entry.publisher, "key:test");
}

TEST_P(JournalSuite, StartsEmptyAndWritable) {
    const auto state = journal->state();
    EXPECT_EQ(state.first, 1U);
    EXPECT_EQ(state.last, 0U);
    EXPECT_TRUE(state.writable);
    EXPECT_TRUE(Cursor::parse(to_string(Cursor{state.epoch, {}})));
    EXPECT_TRUE(read_offsets(0, 10).empty());
}

TEST_P(JournalSuite, NumbersEventsFromOneAndCallsTheTailFirst) {
    Followed followed(*journal);
    const auto events = std::vector{some_event("a"), some_event("b")};
    auto promise = std::promise<std::vector<Offset>>();
    journal->append(request_of(events), [&](const Result<Receipts>& receipts) {
        EXPECT_TRUE(receipts);
        promise.set_value(followed.offsets());
    });
    EXPECT_EQ(promise.get_future().get(), (std::vector<Offset>{1, 2}));
    const auto third = append_now(*journal, one_event("c")).value();
    ASSERT_EQ(third.size(), 1U);
    EXPECT_EQ(third[0].offset, 3U);
    EXPECT_FALSE(third[0].duplicate);
    EXPECT_EQ(third[0].epoch, journal->state().epoch);
    EXPECT_EQ(journal->state().last, 3U);
    EXPECT_EQ(followed.epoch, journal->state().epoch);
    expect_same(followed.entries.at(0), events[0]);
    expect_same(followed.entries.at(1), events[1]);
}

TEST_P(JournalSuite, ReadsStoredEntries) {
    std::vector<events::Envelope> events;
    for (int i = 0; i < 10; ++i) {
        events.push_back(some_event(std::to_string(i)));
        ASSERT_TRUE(append_now(*journal, request_of({events.back()})));
    }
    for (const bool reopened : {false, true}) {
        if (reopened) reopen();
        EXPECT_EQ(read_offsets(0, 3), (std::vector<Offset>{1, 2, 3}));
        EXPECT_EQ(read_offsets(7, 100), (std::vector<Offset>{8, 9, 10}));
        EXPECT_EQ(read_offsets(4, 1), (std::vector<Offset>{5}));
        EXPECT_TRUE(read_offsets(10, 5).empty());
        EXPECT_TRUE(read_offsets(1000, 5).empty());
        EXPECT_TRUE(read_offsets(~Offset{0}, 5).empty());
        EXPECT_TRUE(read_offsets(0, 0).empty());
        const auto batch = journal->read(0, 100).value();
        EXPECT_EQ(batch->epoch, journal->state().epoch);
        ASSERT_EQ(batch->entries.size(), events.size());
        for (std::size_t i = 0; i < events.size(); ++i) expect_same(batch->entries[i], events[i]);
    }
}

TEST_P(JournalSuite, ContinuesAfterReopening) {
    ASSERT_TRUE(append_now(*journal, one_event()));
    const auto before = journal->state();
    reopen();
    EXPECT_EQ(journal->state().epoch, before.epoch);
    EXPECT_EQ(journal->state().last, 1U);
    EXPECT_EQ(append_now(*journal, one_event()).value().at(0).offset, 2U);
}

TEST_P(JournalSuite, ARepeatedEventIsADuplicate) {
    Followed followed(*journal);
    const auto event = some_event();
    ASSERT_TRUE(append_now(*journal, request_of({event})));
    auto again = event;
    // The bus sets these at each attempt of the publisher.
    again.metadata.timestamp = *event.metadata.timestamp + std::chrono::seconds(5);
    again.metadata.correlation_id = "another";
    for (const auto& request : {request_of({event}), request_of({again})}) {
        const auto receipts = append_now(*journal, request).value();
        EXPECT_EQ(receipts.at(0).offset, 1U);
        EXPECT_EQ(receipts.at(0).event_id, *event.metadata.event_id);
        EXPECT_TRUE(receipts.at(0).duplicate);
    }
    const auto mixed = append_now(*journal, request_of({some_event(), event})).value();
    EXPECT_EQ(mixed.at(0).offset, 2U);
    EXPECT_FALSE(mixed.at(0).duplicate);
    EXPECT_EQ(mixed.at(1).offset, 1U);
    EXPECT_TRUE(mixed.at(1).duplicate);
    EXPECT_EQ(followed.offsets(), (std::vector<Offset>{1, 2}));
}

TEST_P(JournalSuite, TheSameEventTwiceInOneRequestIsStoredOnce) {
    const auto event = some_event();
    const auto receipts = append_now(*journal, request_of({event, event})).value();
    EXPECT_EQ(receipts.at(0).offset, 1U);
    EXPECT_FALSE(receipts.at(0).duplicate);
    EXPECT_EQ(receipts.at(1).offset, 1U);
    EXPECT_TRUE(receipts.at(1).duplicate);
    EXPECT_EQ(journal->state().last, 1U);
}

TEST_P(JournalSuite, AnEventIdWithOtherContentRefusesTheWholeRequest) {
    Followed followed(*journal);
    const auto event = some_event("a");
    auto other = some_event("b");
    other.metadata.event_id = event.metadata.event_id;
    ASSERT_TRUE(append_now(*journal, request_of({event})));
    for (const auto& request : {request_of({other}), request_of({some_event(), other})}) {
        const auto refused = append_now(*journal, request);
        ASSERT_TRUE(refused.has_error());
        EXPECT_EQ(refused.error().code, ErrorCode::idempotency_conflict);
        EXPECT_EQ(refused.error().path, '/' + std::to_string(request.envelopes.size() - 1));
    }
    EXPECT_EQ(append_now(*journal, one_event()).value().at(0).offset, 2U);
    EXPECT_EQ(followed.offsets(), (std::vector<Offset>{1, 2}));
    EXPECT_EQ(read_offsets(0, 10), (std::vector<Offset>{1, 2}));
}

inline AppendRequest keyed(AppendRequest request,
                           const std::string& key,
                           const std::string& digest) {
    request.idempotency_key = key;
    request.content_digest = digest;
    return request;
}

TEST_P(JournalSuite, AnIdempotencyKeyRepeatsTheFirstAnswer) {
    const auto old_event = some_event();
    ASSERT_TRUE(append_now(*journal, request_of({old_event})));
    const auto first =
        append_now(*journal, keyed(request_of({old_event, some_event()}), "k", "d")).value();
    for (const bool reopened : {false, true}) {
        if (reopened) reopen();
        // Other event ids: a publisher that sends none gets new ones at each attempt.
        const auto again =
            append_now(*journal, keyed(request_of({some_event(), some_event()}), "k", "d")).value();
        ASSERT_EQ(again.size(), first.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            EXPECT_EQ(again[i].event_id, first[i].event_id);
            EXPECT_EQ(again[i].offset, first[i].offset);
            EXPECT_EQ(again[i].epoch, journal->state().epoch);
            EXPECT_TRUE(again[i].duplicate);
        }
    }
    EXPECT_EQ(journal->state().last, 2U);
}

TEST_P(JournalSuite, AnIdempotencyKeyBelongsToItsPublisherAndContent) {
    ASSERT_TRUE(append_now(*journal, keyed(one_event(), "k", "d")));
    EXPECT_EQ(append_now(*journal, keyed(one_event(), "k", "e")).error().code,
              ErrorCode::idempotency_conflict);
    auto other = keyed(one_event(), "k", "e");
    other.publisher = "key:other";
    EXPECT_EQ(append_now(*journal, other).value().at(0).offset, 2U);
    EXPECT_EQ(append_now(*journal, keyed(one_event(), "K", "e")).value().at(0).offset, 3U);
}

TEST_P(JournalSuite, ARefusedRequestDoesNotUseUpItsKey) {
    const auto event = some_event("a");
    auto other = some_event("b");
    other.metadata.event_id = event.metadata.event_id;
    ASSERT_TRUE(append_now(*journal, request_of({event})));
    EXPECT_TRUE(append_now(*journal, keyed(request_of({other}), "k", "d")).has_error());
    EXPECT_EQ(append_now(*journal, keyed(one_event(), "k", "e")).value().at(0).offset, 2U);
}

TEST_P(JournalSuite, RequestsWithoutEventsOrIdentifiersAreRefused) {
    EXPECT_EQ(append_now(*journal, request_of({})).error().code, ErrorCode::empty_request);
    auto nameless = some_event();
    nameless.metadata.event_id.reset();
    EXPECT_EQ(append_now(*journal, request_of({some_event(), nameless})).error().code,
              ErrorCode::missing_field);
    EXPECT_EQ(journal->state().last, 0U);
}

TEST_P(JournalSuite, ClosingStoresAcceptedRequestsAndRefusesLaterOnes) {
    std::vector<std::future<Result<Receipts>>> answers;
    answers.reserve(200);
    for (int i = 0; i < 200; ++i) answers.push_back(append(*journal, one_event()));
    journal->close();
    journal->close();
    for (auto& answer : answers) EXPECT_TRUE(answer.get());
    EXPECT_EQ(append_now(*journal, one_event()).error().code, ErrorCode::unavailable);
    EXPECT_EQ(read_offsets(0, 1000).size(), 200U);
    reopen();
    EXPECT_EQ(journal->state().last, 200U);
}

TEST_P(JournalSuite, ManyThreadsGetDenseOffsetsInTheTailsOrder) {
    constexpr int threads = 32;
    constexpr int requests = 20;
    Followed followed(*journal);
    std::mutex mutex;
    std::multiset<Offset> answered;  // one per `done`
    std::vector<std::thread> publishers;
    publishers.reserve(threads);
    for (int t = 0; t < threads; ++t)
        publishers.emplace_back([&] {
            Offset before = 0;
            for (int i = 0; i < requests; ++i) {
                const auto receipts =
                    append_now(*journal, request_of({some_event(), some_event()})).value();
                EXPECT_GT(receipts.at(0).offset, before);
                EXPECT_EQ(receipts.at(1).offset, receipts.at(0).offset + 1);
                before = receipts.at(1).offset;
                const std::scoped_lock lock(mutex);
                for (const auto& receipt : receipts) answered.insert(receipt.offset);
            }
        });
    for (auto& publisher : publishers) publisher.join();
    std::vector<Offset> expected;
    for (Offset offset = 1; offset <= threads * requests * 2; ++offset) expected.push_back(offset);
    EXPECT_EQ(followed.offsets(), expected);
    EXPECT_EQ(read_offsets(0, expected.size() + 1), expected);
    EXPECT_TRUE(std::ranges::equal(answered, expected));
}

TEST_P(JournalSuite, AnswersComeInTheOrderOfAcceptance) {
    std::vector<int> order;
    std::promise<void> all;
    for (int i = 0; i < 100; ++i)
        journal->append(one_event(), [&, i](const Result<Receipts>& receipts) {
            EXPECT_EQ(receipts.value().at(0).offset, static_cast<Offset>(i + 1));
            order.push_back(i);
            if (i == 99) all.set_value();
        });
    all.get_future().wait();
    EXPECT_TRUE(std::ranges::is_sorted(order));
    EXPECT_EQ(order.size(), 100U);
}

}  // namespace rotacast::bus
