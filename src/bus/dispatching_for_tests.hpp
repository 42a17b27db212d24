#pragma once

// For tests: a complete bus under manual control. Time stands still unless the test advances it;
// handlers run on the test's thread unless the test uses threads. Deliveries are in memory unless
// the test has another store.

#include "base/log.hpp"
#include "bus/journal_for_tests.hpp"
#include "bus/memory_deliveries_for_tests.hpp"
#include "bus/bus_admin.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <set>

namespace rotacast::bus {

using namespace std::chrono_literals;
using events::ScheduleArchived;
using events::ScheduleDeleted;

class Dispatching : public testing::Test {
  protected:
    Dispatching() {
        log::set_level("off");  // these tests cause thousands of failures
        options.clock.wall = [this] { return wall(); };
        options.clock.steady = [this] { return steady(); };
        options.start_thread = [this](std::function<void()> body) {
            bodies.push_back(std::move(body));
        };
        options.gather = 0ms;
        options.replays_per_second = 0;
        options.close_grace = 0ms;
        options.seed = 1;
        journal.follow([this](EntryBatchPtr batch) {
            if (dispatcher) dispatcher->on_entries(std::move(batch));
        });
    }

    ~Dispatching() override { log::set_level("info"); }

    /// The store that each dispatcher of this test opens.
    virtual std::unique_ptr<DeliveryStore> open_store() {
        return std::make_unique<MemoryDeliveries>(disk);
    }

    void open() {
        dispatcher.reset();
        auto store = open_store();
        ASSERT_TRUE(store);
        dispatcher = std::make_unique<Dispatcher>(bus, journal, std::move(store), options);
        operations = std::make_unique<BusAdmin>(*dispatcher);
    }

    /// Runs cycles and handlers until nothing is left to do at the present time.
    void settle() {
        if (!dispatcher) open();
        bool again = false;
        for (int turns = 0; turns < 100'000; ++turns) {
            dispatcher->cycle();
            const auto wake = dispatcher->next_wake();
            if (bodies.empty() && (!wake || *wake > steady()) && !again) return;
            again = !bodies.empty();
            run_bodies();
        }
        FAIL() << "does not come to rest";
    }

    void run_bodies() {
        while (!bodies.empty()) {
            auto body = std::move(bodies.front());
            bodies.pop_front();
            body();
        }
    }

    Timestamp wall() const { return Timestamp(1'700'000'000'000ms) + passed.load(); }
    SteadyTime steady() const { return SteadyTime{} + passed.load(); }
    void pass(std::chrono::milliseconds time) { passed = passed.load() + time; }

    void advance(std::chrono::milliseconds time) {
        pass(time);
        settle();
    }

    /// Advances in steps, so that whatever becomes due on the way runs on time.
    void advance_in_steps(std::chrono::milliseconds time, std::chrono::milliseconds step) {
        for (auto done = 0ms; done < time; done += step) advance(step);
    }

    Uuid publish(const std::string& schedule = "s1") {
        return bus.publish(ScheduleArchived{schedule, "somebody", "because"})
            .get()
            .value()
            .event_id;
    }

    /// Copies the store as if the process ended now; see reopen_crashed().
    void snapshot() {
        crashed = disk->copy();
        ++snapshots;
    }

    void reopen_crashed() {
        dispatcher.reset();
        bodies.clear();
        disk = crashed;
        open();
    }

    template <class T>
    Result<T> ask(std::function<void(BusAdmin::Done<T>)> ask_with) {
        std::optional<Result<T>> answer;
        ask_with([&](Result<T> result) { answer = std::move(result); });
        if (!answer) dispatcher->cycle();
        return answer.value();
    }

    Result<Replay> replay(DeadLetterFilter filter, const std::string& who = "user:1") {
        return ask<Replay>([&](auto done) { operations->replay(filter, who, done); });
    }

    Replay find_replay(std::int64_t id) {
        return ask<Replay>([&](auto done) { operations->find_replay(id, done); }).value();
    }

    std::vector<DeadLetter> dead_letters(DeadLetterFilter filter = {}, Page page = {}) {
        return ask<std::vector<DeadLetter>>(
                   [&](auto done) { operations->dead_letters(filter, page, done); })
            .value();
    }

    SubscriberStatus status(const std::string& name) {
        const auto all = ask<std::vector<SubscriberStatus>>([&](auto done) {
                             operations->subscribers(done);
                         }).value();
        for (const auto& one : all)
            if (one.name == name) return one;
        ADD_FAILURE() << "no subscriber " << name;
        return {};
    }

    std::vector<HandlerLogRow> handler_log() {
        return ask<std::vector<HandlerLogRow>>([&](auto done) {
                   operations->handler_log(std::nullopt, std::nullopt, {0, 1000}, done);
               })
            .value();
    }

    /// Seconds since the test began.
    double seconds() const { return std::chrono::duration<double>(passed.load()).count(); }

    std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>();
    std::shared_ptr<MemoryDisk> crashed;
    int snapshots = 0;
    std::atomic<std::chrono::milliseconds> passed{0ms};  ///< handlers on threads read the time too
    std::deque<std::function<void()>> bodies;
    DispatcherOptions options;
    MemoryJournal journal;
    Bus bus{journal};
    std::unique_ptr<Dispatcher> dispatcher;
    std::unique_ptr<BusAdmin> operations;
};

/// A filter with one criterion.
inline DeadLetterFilter of_subscriber(std::string name) {
    DeadLetterFilter filter;
    filter.subscriber = std::move(name);
    return filter;
}
inline DeadLetterFilter of_dead_letter(std::int64_t id) {
    DeadLetterFilter filter;
    filter.id = id;
    return filter;
}

}  // namespace rotacast::bus
