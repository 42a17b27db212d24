// Attempts: when they start, how they are counted, how they end.

#include "bus/dispatching_for_tests.hpp"

namespace rotacast::bus {
namespace {

class DispatcherRetry : public Dispatching {};

TEST_F(DispatcherRetry, AttemptsStartAfter0And2And6And14Seconds) {
    std::vector<double> at;
    std::vector<int> attempts;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        at.push_back(seconds());
        attempts.push_back(context.attempt());
        return Outcome::failed("Down", "not today");
    }));
    settle();
    publish();
    settle();
    advance_in_steps(60s, 100ms);
    EXPECT_EQ(at, (std::vector<double>{0, 2, 6, 14}));
    EXPECT_EQ(attempts, (std::vector{1, 2, 3, 4}));
}

TEST_F(DispatcherRetry, TheLastFailedAttemptMakesADeadLetterWithCorrectCounts) {
    ASSERT_TRUE(
        bus.on("s", [&](const ScheduleArchived&) { return Outcome::failed("Down", "not today"); }));
    settle();
    const auto id = publish();
    const auto published = wall();
    settle();
    advance_in_steps(15s, 500ms);
    const auto dead = dead_letters();
    ASSERT_EQ(dead.size(), 1u);
    EXPECT_EQ(dead[0].subscriber, "s");
    EXPECT_EQ(dead[0].delivery.attempts, 4);
    EXPECT_EQ(dead[0].delivery.failure, (Failure{"Down", "not today"}));
    EXPECT_EQ(dead[0].delivery.first_failure, published);
    EXPECT_EQ(dead[0].delivery.last_failure, published + 14s);
    EXPECT_EQ(dead[0].delivery.entry.envelope.metadata.event_id, id);
    EXPECT_NE(dead[0].body.find("ScheduleArchived"), std::string::npos);
    const auto now = status("s");
    EXPECT_EQ(now.dead, 1);
    EXPECT_EQ(now.done, 0);
    EXPECT_EQ(now.failed_attempts, 4);
    EXPECT_EQ(now.waiting, 0);
    EXPECT_EQ(now.lag, 0);
    EXPECT_EQ(now.last_error, "Down");
    const auto stats = ask<BusStats>([&](auto done) { operations->stats(done); }).value();
    EXPECT_EQ(stats.dead_letter_count, 1);
    EXPECT_EQ(stats.total_subscriptions, 1);
    EXPECT_EQ(stats.subscriptions_by_type.at("ScheduleArchived"), 1);
}

TEST_F(DispatcherRetry, CanFailTwiceAndThenSucceed) {
    int calls = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        if (++calls < 3) return Outcome::failed("Down");
        context.handler_log("seen", "it");
        return Outcome::done();
    }));
    settle();
    publish();
    settle();
    advance_in_steps(60s, 500ms);
    EXPECT_EQ(calls, 3);
    EXPECT_TRUE(dead_letters().empty());
    EXPECT_EQ(handler_log().size(), 1u);
    EXPECT_EQ(status("s").done, 1);
    EXPECT_EQ(status("s").failed_attempts, 2);
    EXPECT_FALSE(status("s").failing_since);
}

TEST_F(DispatcherRetry, APermanentFailureIsNotRetried) {
    int calls = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) {
        ++calls;
        return Outcome::permanent("BadAddress");
    }));
    settle();
    publish();
    settle();
    advance(60s);
    EXPECT_EQ(calls, 1);
    ASSERT_EQ(dead_letters().size(), 1u);
    EXPECT_EQ(dead_letters()[0].delivery.attempts, 1);
}

TEST_F(DispatcherRetry, AnExceptionIsAFailedAttempt) {
    SubscriberOptions once;
    once.retry.attempts = 1;
    ASSERT_TRUE(bus.on(
        "s",
        [](const ScheduleArchived&) { throw std::runtime_error(std::string(5000, 'x')); },
        once));
    settle();
    publish();
    settle();
    ASSERT_EQ(dead_letters().size(), 1u);
    EXPECT_EQ(dead_letters()[0].delivery.failure.name, "std::runtime_error");
    EXPECT_EQ(dead_letters()[0].delivery.failure.message.size(), failure_message_bytes_max);
}

TEST_F(DispatcherRetry, EffectsOfAFailedAttemptAreDiscarded) {
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        context.handler_log("seen", "it");
        context.derive(ScheduleDeleted{"d", "x", {}});
        return Outcome::permanent("No");
    }));
    settle();
    publish();
    settle();
    EXPECT_TRUE(handler_log().empty());
    EXPECT_EQ(journal.entries.size(), 1u);
}

TEST_F(DispatcherRetry, DerivedEventsNameTheirCauseAndAreStoredBeforeTheDeliveryIsDone) {
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        context.derive(ScheduleDeleted{event.schedule_id, "x", {}});
    }));
    settle();
    Origin origin;
    origin.correlation_id = "c-1";
    const auto cause = bus.publish(ScheduleArchived{"s1", "x", {}}, origin).get().value();
    settle();
    ASSERT_EQ(journal.entries.size(), 2u);
    const auto& derived = journal.entries[1];
    EXPECT_EQ(derived.publisher, "handler:s");
    EXPECT_EQ(derived.envelope.metadata.causation_id, to_string(cause.event_id));
    EXPECT_EQ(derived.envelope.metadata.correlation_id, "c-1");
    EXPECT_TRUE(journal.keys.contains("handler:s handler:s:" + to_string(cause.event_id)));
    EXPECT_EQ(status("s").done, 1);
}

TEST_F(DispatcherRetry, AFailedPublishIsAFailedAttempt) {
    int calls = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        ++calls;
        context.derive(ScheduleDeleted{event.schedule_id, "x", {}});
    }));
    settle();
    publish();
    journal.refusals = 1;
    settle();
    EXPECT_EQ(status("s").last_error, "PublishFailed");
    EXPECT_EQ(status("s").waiting, 1);
    advance(2s);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(journal.entries.size(), 2u);
    EXPECT_EQ(status("s").done, 1);
}

TEST_F(DispatcherRetry, ADeliveryThatRunsTwiceHasItsEffectsOnce) {
    options.deliver_twice = true;
    int calls = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        ++calls;
        context.handler_log("seen", event.schedule_id);
        context.derive(ScheduleDeleted{event.schedule_id, "x", {}});
    }));
    settle();
    for (int i = 0; i < 50; ++i) publish("s" + std::to_string(i % 7));
    settle();
    EXPECT_EQ(calls, 100);
    EXPECT_EQ(handler_log().size(), 50u);
    EXPECT_EQ(journal.entries.size(), 100u);
    EXPECT_EQ(status("s").done, 50);
}

TEST_F(DispatcherRetry, ASubscriberThatFailsForLongPausesUntilAProbeSucceeds) {
    SubscriberOptions patient;
    patient.retry.attempts = 1000;
    patient.retry.wait_max = 5s;
    patient.pause_after = 60s;
    patient.probe_interval = 30s;
    int calls = 0;
    bool works = false;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived&) {
            ++calls;
            return works ? Outcome::done() : Outcome::failed("Down");
        },
        patient));
    settle();
    publish("a");
    publish("b");
    settle();
    advance_in_steps(70s, 1s);
    EXPECT_EQ(status("s").state, SubscriberState::paused);
    EXPECT_EQ(status("s").paused_by, "");
    calls = 0;
    advance_in_steps(20s, 1s);
    EXPECT_EQ(calls, 0) << "paused";
    advance_in_steps(20s, 1s);
    EXPECT_EQ(calls, 1) << "one probe";
    advance_in_steps(30s, 1s);
    EXPECT_EQ(calls, 1) << "the next probe is twice as far";
    works = true;
    advance_in_steps(60s, 1s);
    EXPECT_EQ(status("s").state, SubscriberState::active);
    EXPECT_EQ(status("s").done, 2);
    EXPECT_TRUE(dead_letters().empty());
}

TEST_F(DispatcherRetry, NothingToDoNeitherEndsASeriesOfFailuresNorResumes) {
    SubscriberOptions patient;
    patient.pause_after = 60s;
    patient.probe_interval = 30s;
    bool works = false;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived& event) {
            if (event.schedule_id == "not mine") return Outcome::nothing_to_do();
            return works ? Outcome::done() : Outcome::permanent("Gone");
        },
        patient));
    settle();
    for (int i = 0; i < 7; ++i) {
        publish("mine " + std::to_string(i));
        publish("not mine");
        settle();
        advance_in_steps(10s, 1s);
    }
    EXPECT_EQ(status("s").state, SubscriberState::paused);
    publish("not mine");
    advance_in_steps(120s, 1s);
    EXPECT_EQ(status("s").state, SubscriberState::paused) << "that was no probe";
    EXPECT_EQ(status("s").lag, 0) << "but it is done";
    works = true;
    publish("mine");
    advance_in_steps(10s, 1s);
    EXPECT_EQ(status("s").state, SubscriberState::active);
}

TEST_F(DispatcherRetry, TooManyDeadLettersPauseTheSubscriberAndNothingIsLost) {
    SubscriberOptions bounded;
    bounded.dead_max = 5;
    ASSERT_TRUE(bus.on(
        "s", [](const ScheduleArchived&) { return Outcome::permanent("No"); }, bounded));
    settle();
    for (int i = 0; i < 100; ++i) publish("s" + std::to_string(i));
    settle();
    const auto now = status("s");
    EXPECT_EQ(now.state, SubscriberState::paused);
    EXPECT_GE(now.dead, 5);
    EXPECT_EQ(now.dead + now.waiting + now.pending + now.lag, 100);
}

}  // namespace
}  // namespace rotacast::bus
