#include "bus/derived_event_publisher.hpp"

#include "bus/journal_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using events::ScheduleArchived;

class DerivedEventPublisherTest : public testing::Test {
  protected:
    DerivedEventPublisherTest() { cause.envelope.metadata.event_id = Uuid::random(); }

    /// Publishes an event that the attempt with this id derived from `cause`.
    void publish(std::uint64_t attempt) {
        AttemptResult attempted;
        attempted.work = std::make_shared<DeliveryAttempt>();
        attempted.work->id = attempt;
        attempted.work->entry = &cause;
        attempted.ran = true;
        attempted.effects.derived.push_back(events::wrap(ScheduleArchived{"a", "x", {}}));
        publisher.publish(1, "s", std::move(attempted));
    }

    std::vector<AttemptResult> take() {
        std::vector<AttemptResult> results;
        publisher.take_answered(
            [&](AttemptResult attempted) { results.push_back(std::move(attempted)); });
        return results;
    }

    Entry cause;
    MemoryJournal journal;
    Bus bus{journal};
    DispatcherOptions options;
    SubscriberContext context{
        bus,
        {},
        {},
        [this](std::int64_t, std::uint64_t attempt, Result<Receipts> receipts) {
            publisher.answered(attempt, std::move(receipts));
        },
        {},
        {},
        {},
        options};
    DerivedEventPublisher publisher{context};
};

TEST_F(DerivedEventPublisherTest, AResultIsReturnedWhenItsEventsAreStored) {
    publish(7);
    const auto results = take();
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].work->id, 7u);
    EXPECT_EQ(results[0].outcome.ending, Ending::done);
    EXPECT_EQ(journal.entries.at(0).publisher, "handler:s");
    EXPECT_TRUE(take().empty());
}

TEST_F(DerivedEventPublisherTest, ARefusalIsAFailure) {
    journal.refusals = 1;
    publish(7);
    const auto results = take();
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].outcome.failure.name, "PublishFailed");
}

TEST_F(DerivedEventPublisherTest, AnotherRunForTheSameEventPublishesNothingNew) {
    publish(7);
    publish(8);
    EXPECT_EQ(take().size(), 2u);
    EXPECT_EQ(journal.entries.size(), 1u);
}

TEST_F(DerivedEventPublisherTest, AnAnswerForAnUnknownAttemptIsIgnored) {
    publisher.answered(9, Receipts{});
    EXPECT_TRUE(take().empty());
}

TEST_F(DerivedEventPublisherTest, AConflictMeansThatAnEarlierRunPublishedThem) {
    context.answer = [](std::int64_t, std::uint64_t, Result<Receipts>) {};
    publish(7);
    publisher.answered(7, Error{ErrorCode::idempotency_conflict, "Other content.", ""});
    const auto results = take();
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].outcome.ending, Ending::done);
}

}  // namespace
}  // namespace rotacast::bus
