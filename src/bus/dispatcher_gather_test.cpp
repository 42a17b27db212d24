// Writes that wait for a shared commit, and what a crash does to them.

#include "bus/dispatching_for_tests.hpp"

namespace rotacast::bus {
namespace {

class DispatcherGather : public Dispatching {
  protected:
    DispatcherGather() { options.gather = 25ms; }
};

TEST_F(DispatcherGather, ASuccessIsStoredAMomentLater) {
    int calls = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        ++calls;
        context.handler_log("seen", "it");
    }));
    settle();
    publish();
    settle();
    snapshot();
    reopen_crashed();
    settle();
    EXPECT_EQ(calls, 2);

    advance(25ms);
    snapshot();
    reopen_crashed();
    settle();
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(handler_log().size(), 1u);
}

TEST_F(DispatcherGather, ASuccessIsStoredWithTheNextStartedAttempt) {
    std::map<std::string, int> calls;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) { ++calls[event.schedule_id]; }));
    settle();
    publish("a");
    settle();
    publish("b");
    settle();
    snapshot();
    reopen_crashed();
    settle();
    EXPECT_EQ(calls, (std::map<std::string, int>{{"a", 1}, {"b", 2}}));
}

TEST_F(DispatcherGather, RetriesDueWithinAMomentStartTogether) {
    std::vector<double> at;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        if (context.attempt() == 2) at.push_back(seconds());
        return Outcome::failed("Down");
    }));
    settle();
    for (int i = 0; i < 6; ++i) {
        publish("s" + std::to_string(i));
        settle();
        pass(5ms);
    }
    advance_in_steps(3s, 5ms);
    EXPECT_EQ(at, (std::vector{2.000, 2.025, 2.025, 2.025, 2.025, 2.025}));
}

TEST_F(DispatcherGather, RetriesThatWaitForACommitDelayNoOthers) {
    int retries = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        retries += context.attempt() == 2;
        return Outcome::failed("Down");
    }));
    settle();
    for (int i = 0; i < 100; ++i) publish("s" + std::to_string(i));
    settle();
    advance(25ms);
    advance(2s);
    EXPECT_EQ(retries, 100);
}

TEST_F(DispatcherGather, AnAttemptWhoseFailureWasNotStoredRunsAgainAfterACrash) {
    int calls = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) {
        return ++calls < 3 ? Outcome::failed("Down") : Outcome::done();
    }));
    settle();
    publish();
    settle();
    snapshot();
    reopen_crashed();
    settle();
    EXPECT_EQ(calls, 2);
    advance_in_steps(10s, 25ms);
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(status("s").done, 1);
}

TEST_F(DispatcherGather, WaitingWritesAreStoredWhenTheDispatcherCloses) {
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) { return Outcome::failed("Down"); }));
    settle();
    publish("a");
    settle();
    publish("a");
    settle();
    dispatcher->close();
    open();
    settle();
    EXPECT_EQ(status("s").waiting, 1);
    EXPECT_EQ(status("s").pending, 1);
    EXPECT_EQ(status("s").failed_attempts, 1);
}

TEST_F(DispatcherGather, DeliveriesAfterADeadLetterOfTheirAggregateDoNotWait) {
    std::vector<double> at;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) {
        at.push_back(seconds());
        return Outcome::permanent("Refused", "");
    }));
    settle();
    for (int i = 0; i < 5; ++i) publish();
    settle();
    EXPECT_EQ(at, std::vector<double>(5, 0));
    EXPECT_EQ(dead_letters().size(), 5u);
}

TEST_F(DispatcherGather, OperatorQueriesCommitWaitingWritesFirst) {
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) { return Outcome::permanent("No", ""); }));
    settle();
    publish();
    settle();
    ASSERT_EQ(dead_letters().size(), 1u);
    snapshot();
    reopen_crashed();
    EXPECT_EQ(dead_letters().size(), 1u);  // so what operators saw stays true
}

}  // namespace
}  // namespace rotacast::bus
