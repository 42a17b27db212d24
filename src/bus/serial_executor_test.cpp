#include "bus/serial_executor.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

class SerialExecutorTest : public testing::Test {
  protected:
    SerialExecutorTest() {
        Subscription subscription;
        subscription.name = "s";
        subscription.handler = [this](const Entry& entry, HandlerContext& context) {
            ran.push_back(entry.offset);
            return handle ? handle(entry, context) : Outcome::done();
        };
        settings.subscription = std::make_shared<const Subscription>(std::move(subscription));
        settings.start_thread = [this](std::function<void()> body) {
            bodies.push_back(std::move(body));
        };
        settings.wake = [this] { ++wakes; };
        settings.steady = [] { return SteadyTime{}; };
        executor = std::make_shared<SerialExecutor>(settings);
    }

    DeliveryAttemptPtr work(Offset offset) {
        entries.push_back(std::make_unique<Entry>());
        entries.back()->offset = offset;
        entries.back()->envelope.metadata.event_id = Uuid::random();
        auto made = std::make_shared<DeliveryAttempt>();
        made->id = offset;
        made->entry = entries.back().get();
        return made;
    }

    void run() {
        for (auto& body : std::exchange(bodies, {})) body();
    }

    /// The offsets of the results; negative for attempts that did not run.
    std::vector<int> taken() {
        std::vector<int> list;
        for (const auto& attempted : executor->take())
            list.push_back((attempted.ran ? 1 : -1) * static_cast<int>(attempted.work->id));
        return list;
    }

    Handler handle;
    std::vector<Offset> ran;
    std::vector<std::unique_ptr<Entry>> entries;
    std::vector<std::function<void()>> bodies;
    int wakes = 0;
    SerialExecutorSettings settings;
    std::shared_ptr<SerialExecutor> executor;
};

TEST_F(SerialExecutorTest, RunsInOrderOnAThreadHeldOnlyWhileThereIsWork) {
    executor->post({{work(1), work(3)}, {work(2)}});
    executor->post({{work(4)}});
    EXPECT_EQ(bodies.size(), 1u);
    run();
    EXPECT_EQ(ran, (std::vector<Offset>{1, 3, 2, 4}));
    EXPECT_EQ(taken(), (std::vector{1, 3, 2, 4}));
    EXPECT_GE(wakes, 1);
    executor->post({{work(5)}});
    EXPECT_EQ(bodies.size(), 1u);
}

TEST_F(SerialExecutorTest, AfterAFailureTheRestOfTheSequenceIsReturned) {
    handle = [](const Entry& entry, HandlerContext&) {
        return entry.offset == 2 ? Outcome::failed("x") : Outcome::done();
    };
    executor->post({{work(1), work(2), work(3), work(4)}, {work(5)}});
    run();
    EXPECT_EQ(taken(), (std::vector{1, 2, -3, -4, 5}));
}

TEST_F(SerialExecutorTest, AfterDerivedEventsTheRestOfTheSequenceIsReturned) {
    handle = [](const Entry&, HandlerContext& context) {
        context.derive(events::ScheduleDeleted{"s", "x", {}});
        return Outcome::done();
    };
    executor->post({{work(1), work(2)}});
    run();
    EXPECT_EQ(taken(), (std::vector{1, -2}));
}

TEST_F(SerialExecutorTest, ADroppedQueueIsReturnedWhileTheRunningAttemptContinues) {
    handle = [this](const Entry& entry, HandlerContext&) {
        if (entry.offset == 1) executor->drop_queue();
        return Outcome::done();
    };
    executor->post({{work(1), work(2)}, {work(3)}});
    run();
    EXPECT_EQ(taken(), (std::vector{-2, -3, 1}));
}

TEST_F(SerialExecutorTest, TheResultOfAnAbandonedAttemptIsIgnored) {
    bool stopped = false;
    handle = [&](const Entry& entry, HandlerContext& context) {
        if (entry.offset != 2) return Outcome::done();
        EXPECT_EQ(executor->running()->work->id, 2u);
        EXPECT_TRUE(executor->abandon(executor->running()->work));
        EXPECT_EQ(settings.abandoned->load(), 1);
        stopped = context.stop().stop_requested();
        return Outcome::done();
    };
    const auto first = work(1);
    executor->post({{first, work(2), work(3)}, {work(4)}});
    run();
    EXPECT_TRUE(stopped);
    EXPECT_EQ(ran, (std::vector<Offset>{1, 2}));
    EXPECT_EQ(taken(), (std::vector{1, -3, -4}));
    EXPECT_EQ(settings.abandoned->load(), 0) << "it came back";
    EXPECT_FALSE(executor->abandon(first)) << "does not run";
}

TEST_F(SerialExecutorTest, WithDeliverTwiceItRunsTwice) {
    settings.deliver_twice = true;
    executor = std::make_shared<SerialExecutor>(settings);
    handle = [](const Entry&, HandlerContext& context) {
        context.handler_log("k", "s");
        return Outcome::done();
    };
    executor->post({{work(1)}});
    run();
    const auto results = executor->take();
    EXPECT_EQ(ran.size(), 2u);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].effects.handler_log.size(), 2u);
}

}  // namespace
}  // namespace rotacast::bus
