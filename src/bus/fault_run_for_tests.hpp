#pragma once

// For tests: a run that uses most features, and what must hold after it, whatever failed meanwhile.
// The fixture supplies the store and its faults.

#include "bus/dispatching_for_tests.hpp"

namespace rotacast::bus {

template <class Fixture>
class FaultRun : public Fixture {
  protected:
    using Fixture::bus;
    using Fixture::journal;

    static bool is_refused(int number) { return number % 50 == 7; }
    static bool is_derived_from(int number) { return number % 4 == 1 && !is_refused(number); }

    void add_handlers() {
        SubscriberOptions two;
        two.retry.attempts = 3;
        two.retry.first_wait = 50ms;
        two.concurrency = 2;
        ASSERT_TRUE(bus.on(
            "deriver",
            [](const ScheduleArchived& event, HandlerContext& context) {
                const auto number = std::stoi(*event.reason);
                if (number % 10 == 3 && context.attempt() < 2) return Outcome::failed("Down");
                if (is_refused(number)) return Outcome::permanent("No");
                if (is_derived_from(number))
                    context.derive(ScheduleDeleted{event.schedule_id, *event.reason, {}});
                context.handler_log("seen", *event.reason);
                return Outcome::done();
            },
            two));
        ASSERT_TRUE(bus.on("writer", [](const ScheduleArchived& event, HandlerContext& context) {
            context.handler_log("wrote", *event.reason);
        }));
    }

    void happen(int number) {
        bus.publish(ScheduleArchived{"a" + std::to_string(number % 7), "x", std::to_string(number)})
            .get()
            .value();
        this->settle();
    }

    /// An operator pauses and resumes a subscriber; the answers must be correct.
    void pause_and_resume() {
        using Done = BusAdmin::Done<void>;
        const auto paused = this->template ask<void>(
            [&](Done done) { this->operations->pause("writer", "", "user:1", done); });
        if (!paused) {
            EXPECT_EQ(paused.error().code, ErrorCode::unavailable);
        }
        for (int i = 0; i < 20; ++i) {
            const auto resumed = this->template ask<void>(
                [&](Done done) { this->operations->resume("writer", "user:1", done); });
            if (resumed) return;
            this->advance(500ms);
        }
        ADD_FAILURE() << "cannot be resumed";
    }

    void run(int count) {
        add_handlers();
        this->settle();
        for (int i = 0; i < count; ++i) {
            happen(i);
            if (i == count / 4) pause_and_resume();
            if (i % 3 == 0) this->advance(25ms);
        }
        this->advance_in_steps(20s, 250ms);
    }

    /// Both subscribers handled every event, and every effect exists once.
    void expect_all_done(int count) {
        ASSERT_TRUE(this->dispatcher->ready());
        std::size_t refused = 0;
        std::multiset<std::string> expected;
        std::multiset<std::string> derived;
        for (int i = 0; i < count; ++i) {
            refused += is_refused(i);
            expected.insert("wrote " + std::to_string(i));
            if (!is_refused(i)) expected.insert("seen " + std::to_string(i));
            if (is_derived_from(i)) derived.insert(std::to_string(i));
        }
        EXPECT_EQ(this->dead_letters().size(), refused);
        for (const auto* name : {"deriver", "writer"}) {
            const auto status = this->status(name);
            EXPECT_EQ(status.lag, 0);
            EXPECT_EQ(status.waiting + status.pending + status.running, 0);
            EXPECT_EQ(status.state, SubscriberState::active);
        }
        std::multiset<std::string> noted;
        for (const auto& row : this->handler_log())
            noted.insert(row.note.kind + " " + row.note.subject);
        EXPECT_EQ(noted, expected);
        std::multiset<std::string> published;
        for (const auto& entry : journal.entries)
            if (const auto* event = std::get_if<ScheduleDeleted>(&entry.envelope.event))
                published.insert(event->deleted_by);
        EXPECT_EQ(published, derived);
    }

    /// Prepares another run with another journal.
    void forget() {
        this->dispatcher.reset();
        this->bodies.clear();
        for (const auto* name : {"deriver", "writer"}) (void)bus.unsubscribe(name);
        journal.become_another(journal.epoch + "+");
        this->passed = 0ms;
    }
};

}  // namespace rotacast::bus
