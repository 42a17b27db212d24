#include "bus/attempt_runner.hpp"

#include "bus/journal_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using namespace std::chrono_literals;

/// Handlers run on the test's thread, in run().
class AttemptRunnerTest : public testing::Test {
  protected:
    void open(std::size_t concurrency = 1) {
        Subscription subscription;
        subscription.name = "s";
        subscription.options.concurrency = concurrency;
        subscription.options.timeout = 30s;
        subscription.handler = [this](const Entry& entry, HandlerContext&) {
            ran.push_back(entry.offset);
            if (while_running) while_running();
            return Outcome::done();
        };
        runner.emplace(std::make_shared<const Subscription>(std::move(subscription)), context);
    }

    DeliveryAttemptPtr prepare(Offset offset, std::uint64_t key) {
        entries.emplace_back().offset = offset;
        auto attempt = std::make_shared<DeliveryAttempt>();
        attempt->id = offset;
        attempt->entry = &entries.back();
        attempt->ordering_key = key;
        runner->prepare(attempt);
        return attempt;
    }

    void run() {
        for (auto& body : std::exchange(bodies, {})) body();
    }

    TakeResult into(std::vector<AttemptResult>& results) {
        return [&](AttemptResult attempted) { results.push_back(std::move(attempted)); };
    }

    SteadyTime time;
    std::vector<Offset> ran;
    std::function<void()> while_running;
    std::deque<Entry> entries;
    std::vector<std::function<void()>> bodies;
    MemoryJournal journal;
    Bus bus{journal};
    DispatcherOptions options;
    SubscriberContext context{
        bus,
        [this](std::function<void()> body) { bodies.push_back(std::move(body)); },
        [] {},
        {},
        [this] { return time; },
        {},
        {},
        options};
    std::optional<AttemptRunner> runner;
};

TEST_F(AttemptRunnerTest, AttemptsOfAKeyRunInTheOrderOfTheirPreparation) {
    open(2);
    prepare(1, 0);
    prepare(2, 1);
    prepare(3, 0);
    EXPECT_TRUE(runner->has_prepared(0));
    EXPECT_FALSE(runner->has_prepared(2));
    EXPECT_TRUE(bodies.empty()) << "nothing starts before start()";
    runner->start();
    EXPECT_FALSE(runner->has_prepared());
    EXPECT_EQ(bodies.size(), 2u) << "one for each executor";
    run();
    EXPECT_EQ(ran, (std::vector<Offset>{1, 3, 2}));
}

TEST_F(AttemptRunnerTest, AnAttemptIsInFlightUntilItsEndIsRecorded) {
    open();
    prepare(1, 0);
    EXPECT_EQ(runner->in_flight(), 1u);
    runner->start();
    run();
    std::vector<AttemptResult> results;
    runner->take_results(into(results));
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(runner->in_flight(), 1u);
    runner->end();
    EXPECT_EQ(runner->in_flight(), 0u);
}

TEST_F(AttemptRunnerTest, AWithdrawnAttemptDoesNotStart) {
    open();
    runner->withdraw(*prepare(1, 0));
    EXPECT_FALSE(runner->has_prepared());
    runner->start();
    EXPECT_TRUE(bodies.empty());
}

TEST_F(AttemptRunnerTest, AttemptsThatHaveNotStartedAreReturnedWhenTheQueuesAreDropped) {
    open();
    prepare(1, 0);
    runner->start();
    runner->drop_queues();
    run();
    std::vector<AttemptResult> results;
    runner->take_results(into(results));
    ASSERT_EQ(results.size(), 1u);
    EXPECT_FALSE(results[0].ran);
    EXPECT_TRUE(ran.empty());
}

TEST_F(AttemptRunnerTest, AHandlerThatTimesOutIsGivenUpAndItsThreadCountsAsLostUntilItReturns) {
    open();
    prepare(1, 0);
    prepare(2, 0);
    runner->start();
    std::vector<AttemptResult> results;
    while_running = [&] {
        EXPECT_EQ(runner->check_timeouts(time + 29s, into(results)), time + 30s);
        EXPECT_TRUE(results.empty());
        EXPECT_FALSE(runner->check_timeouts(time + 30s, into(results)));
        EXPECT_EQ(*runner->threads_lost(), 1);
    };
    run();
    ASSERT_EQ(results.size(), 2u);
    EXPECT_EQ(results[0].work->id, 2u);
    EXPECT_FALSE(results[0].ran);
    EXPECT_EQ(results[1].work->id, 1u);
    EXPECT_EQ(results[1].outcome.failure.name, "Timeout");
    EXPECT_EQ(results[1].duration, 30s);
    EXPECT_EQ(*runner->threads_lost(), 0) << "it has returned";
    results.clear();
    runner->take_results(into(results));
    EXPECT_TRUE(results.empty()) << "its result is ignored";
}

}  // namespace
}  // namespace rotacast::bus
