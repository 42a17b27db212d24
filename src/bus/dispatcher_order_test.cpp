// Order within an aggregate, and independence of other aggregates and subscribers.

#include "bus/dispatching_for_tests.hpp"

#include <future>

namespace rotacast::bus {
namespace {

class DispatcherOrder : public Dispatching {};

TEST_F(DispatcherOrder, AWaitingAggregateKeepsItsOrderAndDelaysNoOther) {
    std::vector<std::string> seen;
    bool down = true;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) {
        if (event.schedule_id == "a" && down) return Outcome::failed("Down");
        seen.push_back(event.schedule_id + *event.reason);
        return Outcome::done();
    }));
    settle();
    for (const auto* number : {"1", "2", "3"})
        for (const auto* schedule : {"a", "b"}) {
            bus.publish(ScheduleArchived{schedule, "x", number}).get().value();
            settle();
        }
    EXPECT_EQ(seen, (std::vector<std::string>{"b1", "b2", "b3"}));
    EXPECT_EQ(status("s").waiting, 1);
    EXPECT_EQ(status("s").pending, 2);
    EXPECT_EQ(status("s").lag, 0);
    down = false;
    seen.clear();
    advance(2s);
    EXPECT_EQ(seen, (std::vector<std::string>{"a1", "a2", "a3"}));
    EXPECT_EQ(status("s").pending, 0);
    EXPECT_EQ(status("s").done, 6);
}

TEST_F(DispatcherOrder, ASlowRetryDelaysNoOtherAggregate) {
    bool down = true;
    int done = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) {
        if (event.schedule_id == "a" && down) return Outcome::failed("Down");
        ++done;
        return Outcome::done();
    }));
    settle();
    publish("a");
    settle();
    pass(2s);
    dispatcher->cycle();  // leases it; its handler has not started
    ASSERT_EQ(bodies.size(), 1u);
    const auto retry = std::exchange(bodies, {});
    const auto more = 2 * static_cast<int>(options.window_max);
    for (int i = 0; i < more; ++i) publish("a");
    for (int i = 0; i < more; ++i) dispatcher->cycle();
    EXPECT_EQ(status("s").pending, more);
    EXPECT_EQ(status("s").lag, 0);
    down = false;
    bodies = retry;
    settle();
    EXPECT_EQ(done, more + 1);
}

TEST_F(DispatcherOrder, ADeadLetterDelaysNoOtherDelivery) {
    std::vector<std::string> seen;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) {
        if (*event.reason == "1") return Outcome::permanent("No");
        seen.push_back(*event.reason);
        return Outcome::done();
    }));
    settle();
    for (const auto* number : {"1", "2", "3"})
        bus.publish(ScheduleArchived{"a", "x", number}).get().value();
    settle();
    EXPECT_EQ(seen, (std::vector<std::string>{"2", "3"}));
}

TEST_F(DispatcherOrder, HandlersThatDeriveEventsKeepTheOrder) {
    std::vector<std::string> seen;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        seen.push_back(*event.reason);
        context.derive(ScheduleDeleted{event.schedule_id, *event.reason, {}});
    }));
    settle();
    std::vector<std::string> expected;
    for (int i = 0; i < 100; ++i) {
        expected.push_back(std::to_string(i));
        bus.publish(ScheduleArchived{"a", "x", std::to_string(i)}).get().value();
    }
    settle();
    EXPECT_EQ(seen, expected);
    std::vector<std::string> derived;
    for (const auto& entry : journal.entries)
        if (const auto* event = std::get_if<ScheduleDeleted>(&entry.envelope.event))
            derived.push_back(event->deleted_by);
    EXPECT_EQ(derived, expected);
}

TEST_F(DispatcherOrder, OrderPerAggregateHoldsUnderRandomFailures) {
    std::map<std::string, std::vector<int>> seen;
    std::mt19937 dice(7);
    SubscriberOptions options_of_it;
    options_of_it.retry.attempts = 100;
    options_of_it.retry.jitter = Jitter::full;
    options_of_it.concurrency = 3;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived& event, HandlerContext& context) {
            const auto roll = dice() % 10;
            if (roll < 3) return Outcome::failed("Down");
            if (roll < 5) context.derive(ScheduleDeleted{"d", "x", {}});
            seen[event.schedule_id].push_back(std::stoi(*event.reason));
            return Outcome::done();
        },
        options_of_it));
    settle();
    for (int i = 0; i < 1000; ++i) {
        bus.publish(ScheduleArchived{"a" + std::to_string(dice() % 20), "x", std::to_string(i)})
            .get()
            .value();
        if (i % 50 == 0) advance(700ms);
    }
    advance_in_steps(3600s * 10, 60s);
    std::size_t total = 0;
    for (const auto& [schedule, numbers] : seen) {
        EXPECT_TRUE(std::ranges::is_sorted(numbers)) << schedule;
        total += numbers.size();
    }
    EXPECT_EQ(total, 1000u);
    EXPECT_EQ(status("s").done, 1000);
}

TEST_F(DispatcherOrder, OtherSubscribersAreNotAffected) {
    int good = 0;
    ASSERT_TRUE(bus.on("bad", [](const ScheduleArchived&) { return Outcome::failed("Down"); }));
    ASSERT_TRUE(bus.on("good", [&](const ScheduleArchived&) { ++good; }));
    settle();
    for (int i = 0; i < 500; ++i) publish();
    settle();
    EXPECT_EQ(good, 500);
    EXPECT_EQ(status("good").lag, 0);
    EXPECT_EQ(status("bad").waiting, 1);
    EXPECT_EQ(status("bad").pending, 499);
}

TEST_F(DispatcherOrder, StopsReadingAtTheBoundOfOutstandingDeliveries) {
    SubscriberOptions bounded;
    bounded.outstanding_max = 20;
    bool down = true;
    int done = 0;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived&) {
            if (down) return Outcome::failed("Down");
            ++done;
            return Outcome::done();
        },
        bounded));
    settle();
    for (int i = 0; i < 2000; ++i) publish();
    settle();
    const auto held = status("s");
    EXPECT_GE(held.waiting + held.pending, 20);
    EXPECT_LT(held.waiting + held.pending, 20 + 256 + 1);
    EXPECT_EQ(held.waiting + held.pending + held.lag, 2000);
    down = false;
    advance(2s);
    EXPECT_EQ(done, 2000);
}

TEST_F(DispatcherOrder, TwoHandlersRunAtOnceButNeverForOneAggregate) {
    HandlerThreadPool threads;
    options.start_thread = [&](std::function<void()> body) { threads.start(std::move(body)); };
    SubscriberOptions two;
    two.concurrency = 2;
    two.timeout = 0ms;
    std::mutex mutex;
    std::map<std::string, int> running;
    std::promise<void> both;
    int at_once = 0;
    int done = 0;
    bool overlapped = false;
    std::promise<void> go;
    const auto may_go = go.get_future().share();
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived& event) {
            {
                const std::scoped_lock lock(mutex);
                overlapped = overlapped || ++running[event.schedule_id] > 1;
                if (++at_once == 2 && done == 0) both.set_value();
            }
            may_go.wait();
            const std::scoped_lock lock(mutex);
            --running[event.schedule_id];
            --at_once;
            ++done;
        },
        two));
    open();
    dispatcher->cycle();
    // Enough aggregates that both executors get some.
    for (int i = 0; i < 64; ++i) publish("a" + std::to_string(i % 16));
    dispatcher->cycle();
    both.get_future().wait();
    go.set_value();
    const auto all_done = [&] {
        const std::scoped_lock lock(mutex);
        return done == 64;
    };
    while (!all_done() || status("s").running > 0) dispatcher->cycle();
    EXPECT_FALSE(overlapped);
    EXPECT_EQ(status("s").done, 64);
    dispatcher.reset();
}

TEST_F(DispatcherOrder, AHangingHandlerTimesOutAndTheOthersContinue) {
    HandlerThreadPool threads;
    options.start_thread = [&](std::function<void()> body) { threads.start(std::move(body)); };
    SubscriberOptions once;
    once.retry.attempts = 1;
    once.timeout = 30s;
    std::promise<void> hangs;
    std::promise<bool> stopped;
    std::atomic<int> others = 0;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived& event, HandlerContext& context) {
            if (event.schedule_id != "hang") return void(++others);
            std::promise<void> released;
            const std::stop_callback release(context.stop(), [&] { released.set_value(); });
            hangs.set_value();
            released.get_future().wait();
            stopped.set_value(context.stop().stop_requested());
        },
        once));
    std::atomic<int> elsewhere = 0;
    ASSERT_TRUE(bus.on("other", [&](const ScheduleArchived&) { ++elsewhere; }));
    open();
    dispatcher->cycle();
    publish("hang");
    publish("a");
    publish("b");
    dispatcher->cycle();
    hangs.get_future().wait();
    while (elsewhere < 3) dispatcher->cycle();
    EXPECT_EQ(others, 0);
    pass(31s);
    dispatcher->cycle();
    EXPECT_TRUE(stopped.get_future().get());
    while (others < 2) dispatcher->cycle();
    while (status("s").lag > 0) dispatcher->cycle();
    ASSERT_EQ(dead_letters().size(), 1u);
    EXPECT_EQ(dead_letters()[0].delivery.failure.name, "Timeout");
    EXPECT_EQ(status("s").done, 2);
    dispatcher.reset();
}

TEST_F(DispatcherOrder, AHandlerWithoutTimeoutKeepsItsLeaseForAnHour) {
    HandlerThreadPool threads;
    options.start_thread = [&](std::function<void()> body) { threads.start(std::move(body)); };
    SubscriberOptions slow;
    slow.timeout = 0ms;
    std::promise<void> begun;
    std::promise<void> go;
    std::atomic<int> calls = 0;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived&, HandlerContext& context) {
            if (++calls == 1) return Outcome::failed("Down");  // so that it gets a row, and a lease
            begun.set_value();
            go.get_future().wait();
            context.handler_log("took", "an hour");
            return Outcome::done();
        },
        slow));
    open();
    dispatcher->cycle();
    publish();
    while (status("s").waiting == 0) dispatcher->cycle();
    pass(2s);
    dispatcher->cycle();
    begun.get_future().wait();
    for (int step = 0; step < 360; ++step) {
        pass(10s);
        dispatcher->cycle();
        ASSERT_EQ(disk->peek().leases.size(), 1u);
        ASSERT_GT(disk->peek().leases.begin()->second, wall());
    }
    go.set_value();
    while (status("s").done == 0) dispatcher->cycle();
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(handler_log().size(), 1u);
    EXPECT_TRUE(dead_letters().empty());
    dispatcher.reset();
}

TEST_F(DispatcherOrder, StartedEntriesKeepABoundedNumberOfBytesInMemory) {
    options.recent_bytes_max = 1000;
    std::vector<std::weak_ptr<const EntryBatch>> given;
    journal.follow([&](EntryBatchPtr batch) {
        auto large = std::make_shared<EntryBatch>(*batch);
        large->bytes = 400;
        given.push_back(large);
        if (dispatcher) dispatcher->on_entries(std::move(large));
    });
    int done = 0;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) { ++done; }));
    settle();
    for (int i = 0; i < 50; ++i) {
        publish("a" + std::to_string(i));
        dispatcher->cycle();  // starts what the bound allows; no handler runs
    }
    const auto alive = std::ranges::count_if(given, [](const auto& one) { return !one.expired(); });
    EXPECT_LE(alive, 3 + 3) << "those that have begun, and the newest";
    settle();
    EXPECT_EQ(done, 50);
}

}  // namespace
}  // namespace rotacast::bus
