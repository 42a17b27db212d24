// Recovery after a process that ended while handlers were running.

#include "bus/dispatching_for_tests.hpp"

namespace rotacast::bus {
namespace {

class DispatcherCrash : public Dispatching {};

TEST_F(DispatcherCrash, StartedAttemptsAreCountedAfterACrash) {
    std::vector<std::pair<std::string, int>> calls;
    bool crashing = true;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        calls.emplace_back(event.schedule_id, context.attempt());
        if (crashing && event.schedule_id == "b") snapshot();
        context.handler_log("seen", event.schedule_id);
    }));
    settle();
    for (const auto* schedule : {"a", "b", "c"}) publish(schedule);
    settle();
    ASSERT_EQ(snapshots, 1);
    crashing = false;
    calls.clear();
    reopen_crashed();
    settle();
    EXPECT_EQ(calls, (std::vector<std::pair<std::string, int>>{{"a", 2}, {"b", 2}, {"c", 2}}));
    EXPECT_EQ(handler_log().size(), 3u);
    EXPECT_EQ(status("s").failed_attempts, 3);
    EXPECT_EQ(status("s").done, 3);
}

TEST_F(DispatcherCrash, AnEventThatCrashesTheProcessAloneBecomesADeadLetter) {
    int crashes = 0;
    int good = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) {
        if (event.schedule_id != "kill") return void(++good);
        ++crashes;
        snapshot();
    }));
    // Another subscriber always has handlers running at the time of the crash.
    ASSERT_TRUE(bus.on("other", [&](const ScheduleArchived&) { ++good; }));
    settle();
    for (int i = 0; i < 20; ++i) publish(i == 7 ? "kill" : "a" + std::to_string(i));
    for (int life = 1; life < 10; ++life) {
        const auto before = snapshots;
        for (int step = 0; step < 200 && snapshots == before; ++step) {
            dispatcher->cycle();
            while (!bodies.empty() && snapshots == before) {
                auto body = std::move(bodies.front());
                bodies.pop_front();
                body();
            }
            if (bodies.empty()) pass(100ms);
        }
        if (snapshots == before) break;
        reopen_crashed();
    }
    EXPECT_EQ(crashes, 4);
    const auto dead = dead_letters();
    ASSERT_EQ(dead.size(), 1u);
    EXPECT_EQ(dead[0].subscriber, "s");
    EXPECT_EQ(dead[0].delivery.entry.envelope.aggregate_id, "kill");
    EXPECT_EQ(dead[0].delivery.attempts, 4);
    EXPECT_EQ(dead[0].delivery.failure.name, "ProcessEnded");
    EXPECT_EQ(status("s").done, 19);
    EXPECT_EQ(status("other").done, 20);
}

TEST_F(DispatcherCrash, AStoreThatFailedIsLoadedAgain) {
    int calls = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        ++calls;
        context.handler_log("seen", "it");
    }));
    settle();
    publish("a");
    settle();
    disk->fail_commits(1, MemoryDisk::for_ever);
    publish("b");
    settle();
    advance(1s);
    EXPECT_EQ(calls, 1) << "nothing begins that is not stored";
    disk->heal();
    advance_in_steps(30s, 500ms);
    EXPECT_EQ(status("s").done, 2);
    EXPECT_EQ(status("s").lag, 0);
    EXPECT_EQ(handler_log().size(), 2u);
    EXPECT_TRUE(dead_letters().empty());
    EXPECT_EQ(disk->misuses(), 0);
}

}  // namespace
}  // namespace rotacast::bus
