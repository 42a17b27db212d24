// Retention: finished rows are removed in time; unfinished ones and dead letters stay.

#include "bus/dispatching_for_tests.hpp"

namespace rotacast::bus {
namespace {

class DispatcherTrim : public Dispatching {
  protected:
    DispatcherTrim() { options.retention.interval = 60s; }

    /// Succeeds or fails by the schedule's name, and adds a handler log row for each event.
    void add_handler() {
        SubscriberOptions once;
        once.retry.attempts = 1;
        ASSERT_TRUE(bus.on(
            "s",
            [](const ScheduleArchived& event, HandlerContext& context) {
                if (event.schedule_id == "bad") return Outcome::failed("Down");
                context.handler_log("seen", event.schedule_id);
                return Outcome::done();
            },
            once));
        settle();
    }

    std::vector<AuditRow> audits() {
        return ask<std::vector<AuditRow>>([&](auto done) {
                   operations->audits({0, 1000}, done);
               })
            .value();
    }
    std::size_t replays() {
        return ask<std::vector<Replay>>([&](auto done) {
                   operations->replays({0, 1000}, done);
               })
            .value()
            .size();
    }
    std::size_t discarded() {
        DeadLetterFilter filter;
        filter.discarded = true;
        return dead_letters(filter, {0, 1000}).size();
    }
    void discard(DeadLetterFilter filter) {
        ASSERT_TRUE(ask<std::int64_t>(
            [&](auto done) { operations->discard(filter, "old", "user:1", done); }));
    }
};

TEST_F(DispatcherTrim, AClockThatLeapsAheadRemovesNothing) {
    const auto leap =
        std::make_shared<std::chrono::milliseconds>(0);  // the dispatcher outlives the test
    options.clock.wall = [this, leap] { return wall() + *leap; };
    options.retention[Kept::handler_log].age_max = 24h;
    add_handler();
    publish("s1");
    settle();
    *leap = 24h * 3650;
    advance(60s);
    EXPECT_EQ(handler_log().size(), 1u);
    *leap = 0ms;
    advance(60s);
    EXPECT_EQ(handler_log().size(), 1u);
    for (int hour = 0; hour < 30; ++hour) advance(1h);
    EXPECT_EQ(handler_log().size(), 0u);
}

TEST_F(DispatcherTrim, WithoutBoundsEverythingIsKept) {
    add_handler();
    for (int i = 0; i < 50; ++i) publish("s" + std::to_string(i));
    settle();
    advance(24h * 3650);
    EXPECT_EQ(handler_log().size(), 50u);
}

TEST_F(DispatcherTrim, TheHandlerLogIsTrimmedByAge) {
    options.retention[Kept::handler_log].age_max = 24h;
    add_handler();
    publish("old");
    settle();
    advance(23h);
    publish("new");
    settle();
    advance(30min);
    EXPECT_EQ(handler_log().size(), 2u);
    advance(1h);
    ASSERT_EQ(handler_log().size(), 1u);
    EXPECT_EQ(handler_log()[0].note.subject, "new");
}

TEST_F(DispatcherTrim, TheHandlerLogIsTrimmedByCountInSlices) {
    options.retention[Kept::handler_log].rows_max = 10;
    add_handler();
    for (int i = 0; i < 2500; ++i) publish("s" + std::to_string(i));
    settle();
    advance_in_steps(61s, 20ms);
    ASSERT_EQ(handler_log().size(), 10u);
    EXPECT_EQ(handler_log().back().note.subject, "s2490");
}

TEST_F(DispatcherTrim, DeadLettersStayAndTheRemovalOfDiscardedOnesIsAudited) {
    options.retention[Kept::discarded_letters] = {24h, 0};
    add_handler();
    for (int i = 0; i < 3; ++i) publish("bad");
    settle();
    advance(24h * 400);
    ASSERT_EQ(dead_letters().size(), 3u) << "nobody has looked at them";
    discard(of_dead_letter(dead_letters()[0].delivery.id));
    discard(of_dead_letter(dead_letters()[0].delivery.id));
    advance(23h);
    EXPECT_EQ(discarded(), 2u) << "its age is that of the discard, not of the failure";
    advance(2h);
    EXPECT_EQ(discarded(), 0u);
    EXPECT_EQ(dead_letters().size(), 1u);
    EXPECT_EQ(status("s").dead, 1);
    const auto trimmed = audits().front();
    EXPECT_EQ(trimmed.requested_by, "retention");
    EXPECT_EQ(trimmed.action, "trim");
    EXPECT_EQ(trimmed.subject, "discarded letters");
    EXPECT_EQ(trimmed.count, 2);
}

TEST_F(DispatcherTrim, TheNewestDiscardedLettersAreKeptByCount) {
    options.retention[Kept::discarded_letters] = {0ms, 2};
    add_handler();
    for (int i = 0; i < 5; ++i) publish("bad");
    settle();
    const auto newest = dead_letters()[0].delivery.id;
    discard({});
    advance(61s);
    EXPECT_EQ(discarded(), 2u);
    DeadLetterFilter left;
    left.discarded = true;
    EXPECT_EQ(dead_letters(left)[0].delivery.id, newest);
}

TEST_F(DispatcherTrim, FinishedReplaysAndAuditRowsAreRemovedAndUnfinishedReplaysStay) {
    options.retention[Kept::finished_replays].age_max = 24h;
    options.retention[Kept::audit].rows_max = 2;
    options.replays_per_second = 1e-6;  // one in twelve days
    add_handler();
    publish("bad");
    settle();
    ASSERT_TRUE(replay(of_subscriber("s")));  // is due at once
    settle();
    for (int i = 0; i < 3; ++i) publish("bad");
    settle();
    ASSERT_TRUE(replay(of_subscriber("s")));  // will take weeks
    settle();
    ASSERT_EQ(replays(), 2u);
    advance(25h);
    EXPECT_EQ(replays(), 1u);
    for (int i = 0; i < 3; ++i) (void)replay({});
    advance(61s);
    EXPECT_EQ(audits().size(), 2u);
}

}  // namespace
}  // namespace rotacast::bus
