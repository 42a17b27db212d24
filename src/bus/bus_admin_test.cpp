// BusAdmin: the operators' queries and actions.

#include "bus/dispatching_for_tests.hpp"

namespace rotacast::bus {
namespace {

class BusAdminTest : public Dispatching {
  protected:
    /// Makes `count` dead letters for each of these subscribers.
    void make_dead_letters(int count, std::vector<std::string> names = {"s"}) {
        SubscriberOptions once;
        once.retry.attempts = 1;
        for (const auto& name : names)
            ASSERT_TRUE(bus.on(
                name,
                [this, name](const ScheduleArchived& event, HandlerContext& context) {
                    ++calls[name + " " + to_string(*context.metadata().event_id)];
                    if (!works) return Outcome::failed("Down" + event.schedule_id, "m");
                    return Outcome::done();
                },
                once));
        settle();
        for (int i = 0; i < count; ++i) publish("a" + std::to_string(i % 2));
        settle();
        calls.clear();
    }

    std::int64_t audited(const std::string& action) {
        std::int64_t count = 0;
        for (const auto& row : ask<std::vector<AuditRow>>([&](auto done) {
                                   operations->audits({0, 1000}, done);
                               }).value())
            if (row.action == action) count += row.count;
        return count;
    }

    std::map<std::string, int> calls;
    bool works = false;
};

TEST_F(BusAdminTest, AReplayRunsOnlyTheFailedSubscriberAndCountsItsOutcomes) {
    make_dead_letters(3, {"s", "t"});
    ASSERT_EQ(dead_letters().size(), 6u);
    works = true;
    const auto one =
        replay(of_dead_letter(dead_letters(of_subscriber("s"))[0].delivery.id)).value();
    settle();
    EXPECT_EQ(calls.size(), 1u);
    EXPECT_EQ(find_replay(one.id).done, 1);
    EXPECT_TRUE(find_replay(one.id).finished());
    EXPECT_EQ(dead_letters(of_subscriber("s")).size(), 2u);
    EXPECT_EQ(dead_letters(of_subscriber("t")).size(), 3u);
    works = false;
    const auto again = replay(of_subscriber("s")).value();
    EXPECT_EQ(again.letters, 2);
    settle();
    EXPECT_EQ(find_replay(again.id).failed, 2);
    EXPECT_EQ(find_replay(again.id).done, 0);
    EXPECT_EQ(dead_letters(of_subscriber("s")).size(), 2u);
    EXPECT_EQ(audited("replay"), 3);
    EXPECT_EQ(replay(of_dead_letter(999'999)).error().code, ErrorCode::not_found);
    EXPECT_EQ(replay(of_subscriber("nobody")).error().code, ErrorCode::not_found);
}

TEST_F(BusAdminTest, DeadLettersAreFilteredPagedAndGrouped) {
    make_dead_letters(10, {"s", "t"});
    DeadLetterFilter filter;
    filter.error_name = "Downa1";
    EXPECT_EQ(dead_letters(filter).size(), 10u);
    filter.subscriber = "t";
    EXPECT_EQ(dead_letters(filter).size(), 5u);
    filter.event_type = "ScheduleDeleted";
    EXPECT_EQ(dead_letters(filter).size(), 0u);
    const auto newest = dead_letters({}, {0, 4});
    ASSERT_EQ(newest.size(), 4u);
    const auto next = dead_letters({}, {newest.back().delivery.id, 100});
    EXPECT_EQ(next.size(), 16u);
    EXPECT_LT(next.front().delivery.id, newest.back().delivery.id);
    const auto groups = ask<std::vector<DeadLetterGroup>>([&](auto done) {
                            operations->dead_letter_groups({}, done);
                        }).value();
    ASSERT_EQ(groups.size(), 4u);
    EXPECT_EQ(groups[0].count, 5);
    works = true;
    DeadLetterFilter of_error;
    of_error.error_name = "Downa0";
    EXPECT_EQ(replay(of_error).value().letters, 10);
    settle();
    EXPECT_EQ(dead_letters().size(), 10u);
}

TEST_F(BusAdminTest, TwoConcurrentReplaysDeliverTenThousandLettersOnceEach) {
    make_dead_letters(10'000);
    works = true;
    std::vector<Replay> answers;
    for (const auto* who : {"user:1", "user:2"})
        operations->replay(
            {}, who, [&](Result<Replay> replay) { answers.push_back(replay.value()); });
    settle();
    ASSERT_EQ(answers.size(), 2u);
    EXPECT_EQ(answers[0].letters + answers[1].letters, 10'000);
    std::int64_t done = 0;
    for (const auto& answer : answers) {
        const auto now = find_replay(answer.id);
        EXPECT_TRUE(now.finished());
        done += now.done;
    }
    EXPECT_EQ(done, 10'000);
    EXPECT_EQ(calls.size(), 10'000u);
    for (const auto& [event, count] : calls) ASSERT_EQ(count, 1) << event;
    EXPECT_TRUE(dead_letters().empty());
    EXPECT_EQ(status("s").dead, 0);
    EXPECT_EQ(status("s").replaying, 0);
    EXPECT_EQ(audited("replay"), 10'000);
}

TEST_F(BusAdminTest, AllReplaysShareOneRate) {
    options.replays_per_second = 10;
    make_dead_letters(40);
    works = true;
    DeadLetterFilter even;
    even.error_name = "Downa0";
    ASSERT_TRUE(replay(even));
    ASSERT_TRUE(replay({}));
    settle();
    advance_in_steps(1s, 100ms);
    EXPECT_GE(calls.size(), 10u);
    EXPECT_LE(calls.size(), 11u);
    advance_in_steps(3s, 100ms);
    EXPECT_EQ(calls.size(), 40u);
}

TEST_F(BusAdminTest, DiscardedLettersAreKeptNotCountedAndCanBeRestored) {
    make_dead_letters(3);
    const auto id = dead_letters()[0].delivery.id;
    const auto count = ask<std::int64_t>([&](auto done) {
        operations->discard(of_dead_letter(id), "known defect", "user:1", done);
    });
    EXPECT_EQ(count.value(), 1);
    EXPECT_EQ(status("s").dead, 2);
    EXPECT_EQ(status("s").discarded, 1);
    DeadLetterFilter discarded;
    discarded.discarded = true;
    ASSERT_EQ(dead_letters(discarded).size(), 1u);
    EXPECT_EQ(dead_letters(discarded)[0].delivery.reason, "known defect");
    works = true;
    ASSERT_TRUE(replay({}));
    settle();
    EXPECT_EQ(calls.size(), 2u) << "a discarded one is not replayed";
    EXPECT_EQ(ask<std::int64_t>([&](auto done) {
                  operations->restore(of_dead_letter(id), "user:1", done);
              }).value(),
              1);
    EXPECT_EQ(status("s").dead, 1);
    EXPECT_EQ(audited("discard"), 1);
    EXPECT_EQ(audited("restore"), 1);
}

TEST_F(BusAdminTest, LettersWaitingForReplayCanBeDiscardedAndTheReplayCountsThem) {
    options.replays_per_second = 1;
    make_dead_letters(10);
    works = true;
    const auto asked = replay({}).value();
    settle();
    advance_in_steps(2s, 500ms);
    const auto ran = calls.size();
    ASSERT_TRUE(
        ask<std::int64_t>([&](auto done) { operations->discard({}, "enough", "user:1", done); }));
    advance_in_steps(20s, 500ms);
    EXPECT_EQ(calls.size(), ran);
    const auto now = find_replay(asked.id);
    EXPECT_EQ(now.done, static_cast<std::int64_t>(ran));
    EXPECT_EQ(now.discarded, 10 - static_cast<std::int64_t>(ran));
    EXPECT_TRUE(now.finished());
}

TEST_F(BusAdminTest, AJournalRangeIsReplayedToOneSubscriber) {
    works = true;
    make_dead_letters(300, {"s", "t"});
    const auto asked = ask<Replay>([&](auto done) {
                           operations->replay_range("s", 100, 350, "user:1", done);
                       }).value();
    settle();
    EXPECT_EQ(calls.size(), 200u);
    const auto now = find_replay(asked.id);
    EXPECT_EQ(now.letters, 200);
    EXPECT_EQ(now.done, 200);
    EXPECT_TRUE(now.finished());
    EXPECT_EQ(status("t").done, 300);
    EXPECT_EQ(status("s").done, 500);
}

TEST_F(BusAdminTest, APausedSubscriberStartsNothingUntilResumed) {
    works = true;
    make_dead_letters(1);
    ASSERT_TRUE(ask<void>([&](auto done) { operations->pause("s", "repairs", "user:1", done); }));
    for (int i = 0; i < 5; ++i) publish();
    settle();
    EXPECT_TRUE(calls.empty());
    EXPECT_EQ(status("s").state, SubscriberState::paused);
    EXPECT_EQ(status("s").paused_by, "user:1");
    EXPECT_EQ(status("s").reason, "repairs");
    EXPECT_EQ(status("s").lag, 5);
    dispatcher.reset();
    settle();
    EXPECT_TRUE(calls.empty()) << "also after a restart";
    ASSERT_TRUE(ask<void>([&](auto done) { operations->resume("s", "user:1", done); }));
    settle();
    EXPECT_EQ(calls.size(), 5u);
}

TEST_F(BusAdminTest, LettersOfASubscriberWithoutHandlerStayUntilItIsForgotten) {
    make_dead_letters(2);
    EXPECT_EQ(ask<void>([&](auto done) { operations->forget("s", "", "u", done); }).error().code,
              ErrorCode::conflict);
    ASSERT_TRUE(bus.unsubscribe("s"));
    settle();
    EXPECT_EQ(replay(of_subscriber("s")).error().code, ErrorCode::conflict);
    EXPECT_EQ(replay({}).value().letters, 0);
    EXPECT_EQ(dead_letters().size(), 2u);
    ASSERT_TRUE(ask<void>([&](auto done) { operations->forget("s", "gone", "u", done); }));
    EXPECT_TRUE(dead_letters().empty());
    EXPECT_EQ(audited("forget"), 2);
}

TEST_F(BusAdminTest, AStatusCountsDeliveriesEquallyWithAndWithoutAHandler) {
    make_dead_letters(3);
    SubscriberOptions patient;
    patient.retry.first_wait = 60s;
    ASSERT_TRUE(bus.on(
        "t", [](const ScheduleArchived&) { return Outcome::failed("Down"); }, patient));
    settle();
    publish("a");
    publish("a");
    settle();
    for (const auto* name : {"s", "t"}) {
        const auto here = status(name);
        ASSERT_TRUE(bus.unsubscribe(name));
        settle();
        const auto gone = status(name);
        EXPECT_EQ(gone.state, SubscriberState::gone);
        EXPECT_EQ(gone.waiting, here.waiting);
        EXPECT_EQ(gone.pending, here.pending);
        EXPECT_EQ(gone.dead, here.dead);
        EXPECT_EQ(gone.lag, here.lag);
        EXPECT_EQ(to_string(gone.position), to_string(here.position));
        EXPECT_EQ(gone.failed_attempts, here.failed_attempts);
        EXPECT_EQ(gone.last_error, here.last_error);
    }
    EXPECT_EQ(status("t").waiting, 1);
    EXPECT_EQ(status("t").pending, 1);
}

TEST_F(BusAdminTest, WhenClosedItAnswersUnavailable) {
    open();
    dispatcher->close();
    EXPECT_EQ(replay({}).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace rotacast::bus
