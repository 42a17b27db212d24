// Failures that concern more than their delivery: the subscriber waits, or pauses itself.

#include "bus/dispatching_for_tests.hpp"

#include <map>

namespace rotacast::bus {
namespace {

class DispatcherHold : public Dispatching {
  protected:
    static Outcome busy_for_a_minute() {
        auto outcome = Outcome::failed("Busy");
        outcome.wait_min = 60s;
        outcome.others = Others::held_back;
        return outcome;
    }
};

TEST_F(DispatcherHold, AFailureMayHoldBackTheWholeSubscriber) {
    std::map<std::string, std::vector<double>> at;
    bool busy = true;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) {
        at[event.schedule_id].push_back(seconds());
        if (!busy) return Outcome::done();
        return busy_for_a_minute();
    }));
    ASSERT_TRUE(
        bus.on("other", [&](const ScheduleArchived&) { at["other"].push_back(seconds()); }));
    settle();
    publish("a");
    settle();
    EXPECT_EQ(status("s").held_until, wall() + 60s);
    EXPECT_EQ(status("s").state, SubscriberState::active);
    busy = false;
    publish("a");
    publish("b");
    advance_in_steps(59s, 1s);
    EXPECT_EQ(at["a"], (std::vector<double>{0}));
    EXPECT_EQ(at["b"], (std::vector<double>{}));
    EXPECT_EQ(at["other"].size(), 3u) << "other subscribers go on";
    advance_in_steps(5s, 1s);
    EXPECT_EQ(at["a"], (std::vector<double>{0, 60, 60}));
    EXPECT_EQ(at["b"], (std::vector<double>{60}));
    EXPECT_FALSE(status("s").held_until);
    EXPECT_EQ(status("s").done, 3);
}

TEST_F(DispatcherHold, AShortWaitOfAFailureDoesNotShortenTheRetryPolicysAndHoldsNobodyBack) {
    std::vector<double> at;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) {
        if (event.schedule_id == "other") return Outcome::done();
        at.push_back(seconds());
        auto outcome = Outcome::failed("Down");
        outcome.wait_min = 3s;
        return outcome;
    }));
    settle();
    publish();
    settle();
    publish("other");
    settle();
    EXPECT_EQ(status("s").done, 1);
    advance_in_steps(20s, 500ms);
    EXPECT_EQ(at, (std::vector<double>{0, 3, 7, 15}));
}

TEST_F(DispatcherHold, AttemptsInTheQueueAreHeldBackTooAndKeepTheirOrder) {
    std::vector<std::string> calls;
    std::vector<Uuid> seen;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        calls.push_back(event.schedule_id);
        if (event.schedule_id == "busy" && calls.size() == 1) return busy_for_a_minute();
        // While this handler runs, the dispatcher learns of the failure.
        if (event.schedule_id == "running") dispatcher->cycle();
        if (event.schedule_id == "queued") seen.push_back(*context.metadata().event_id);
        return Outcome::done();
    }));
    settle();
    publish("busy");
    publish("running");
    const std::vector queued{publish("queued"), publish("queued"), publish("queued")};
    settle();
    EXPECT_EQ(calls, (std::vector<std::string>{"busy", "running"}));
    advance(59s);
    EXPECT_EQ(calls.size(), 2u);
    advance(1s);
    EXPECT_EQ(seen, queued);
    EXPECT_EQ(status("s").done, 5);
    EXPECT_EQ(status("s").waiting + status("s").pending, 0);
}

TEST_F(DispatcherHold, AHeldBackSubscriberIsNotProbedEither) {
    SubscriberOptions patient;
    patient.pause_after = 10s;
    patient.probe_interval = 5s;
    std::vector<double> at;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived&) {
            at.push_back(seconds());
            return busy_for_a_minute();
        },
        patient));
    settle();
    publish();
    settle();
    advance_in_steps(200s, 1s);
    EXPECT_EQ(at, (std::vector<double>{0, 60, 120, 180}));
    EXPECT_EQ(status("s").state, SubscriberState::paused);
}

TEST_F(DispatcherHold, AFailureMayPauseTheSubscriberUntilAnOperatorResumesIt) {
    int calls = 0;
    bool gone = true;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) {
        ++calls;
        if (!gone) return Outcome::done();
        auto outcome = Outcome::permanent("Gone", "It is gone.");
        outcome.others = Others::paused;
        return outcome;
    }));
    settle();
    publish("a");
    settle();
    publish("b");
    advance_in_steps(600s, 10s);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(status("s").state, SubscriberState::paused);
    EXPECT_EQ(status("s").reason, "It is gone.");
    EXPECT_EQ(status("s").paused_by, "");
    EXPECT_EQ(dead_letters().size(), 1u);
    gone = false;
    ASSERT_TRUE(ask<void>([&](auto done) { operations->resume("s", "user:1", done); }));
    settle();
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(status("s").done, 1);
}

}  // namespace
}  // namespace rotacast::bus
