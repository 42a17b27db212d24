// The dispatcher with a failing delivery store: nothing is lost, no effect is visible twice, and
// everything continues once the store works.

#include "bus/fault_run_for_tests.hpp"

namespace rotacast::bus {
namespace {

class DispatcherFaults : public Dispatching {
  protected:
    DispatcherFaults() { options.gather = 25ms; }

    Result<void> pause(const std::string& name) {
        return ask<void>([&](auto done) { operations->pause(name, "repairs", "user:1", done); });
    }
    Result<void> resume(const std::string& name) {
        return ask<void>([&](auto done) { operations->resume(name, "user:1", done); });
    }

    /// A subscriber with rows that wait for a commit.
    void hang_failing(const std::string& name) {
        ASSERT_TRUE(bus.on(name, [](const ScheduleArchived&) { return Outcome::failed("Down"); }));
        settle();
        publish();
        settle();
    }
};

TEST_F(DispatcherFaults, PausingWhileTheStoreFailsIsRefusedAndCanBeRepeated) {
    hang_failing("s");
    disk->fail_commits(1);  // that of the waiting rows, before the operator's own
    EXPECT_EQ(pause("s").error().code, ErrorCode::unavailable);
    EXPECT_FALSE(dispatcher->ready());
    advance(1s);
    EXPECT_TRUE(dispatcher->ready());
    EXPECT_EQ(status("s").state, SubscriberState::active);
    EXPECT_TRUE(pause("s"));
    EXPECT_EQ(status("s").state, SubscriberState::paused);
    EXPECT_EQ(disk->misuses(), 0);
}

TEST_F(DispatcherFaults, ResumingWhileTheStoreFailsIsRefusedAndCanBeRepeated) {
    hang_failing("s");
    ASSERT_TRUE(pause("s"));
    for (const auto nth : {1, 2}) {
        disk->fail_commits(nth);
        const auto answer = resume("s");
        disk->heal();
        advance(1s);
        if (!answer) {
            EXPECT_EQ(status("s").state, SubscriberState::paused);
        }
    }
    ASSERT_TRUE(resume("s"));
    EXPECT_EQ(status("s").state, SubscriberState::active);
    EXPECT_EQ(disk->misuses(), 0);
}

// The commit failed, and everything was stored nevertheless.
TEST_F(DispatcherFaults, AnActionInDoubtIsLookedUpInTheStore) {
    hang_failing("s");
    disk->fail_commits(2, 1, MemoryDisk::Left::everything);
    EXPECT_EQ(pause("s").error().code, ErrorCode::unavailable);
    EXPECT_FALSE(dispatcher->ready());
    advance(1s);
    EXPECT_TRUE(dispatcher->ready());
    EXPECT_EQ(status("s").state, SubscriberState::paused);
    EXPECT_EQ(disk->misuses(), 0);
}

TEST_F(DispatcherFaults, AQueryOfAFailedStoreIsAnsweredWithAnError) {
    hang_failing("s");
    disk->fail_commits(1);
    std::optional<ErrorCode> first;
    std::optional<ErrorCode> second;
    operations->dead_letters({}, {}, [&](auto letters) { first = letters.error().code; });
    operations->subscribers([&](auto statuses) { second = statuses.error().code; });
    dispatcher->cycle();
    EXPECT_EQ(first, ErrorCode::unavailable);
    EXPECT_EQ(second, ErrorCode::unavailable);
    advance(1s);
    EXPECT_EQ(status("s").waiting, 1);
    EXPECT_EQ(disk->misuses(), 0);
}

// The rest of the cycle must not rely on state from before the messages.
TEST_F(DispatcherFaults, ACycleEndsWithTheMessageThatFoundTheStoreFailed) {
    hang_failing("s");
    disk->fail_commits(1);
    EXPECT_FALSE(resume("s"));
    const auto commits = disk->commits();
    for (int i = 0; i < 10; ++i) dispatcher->cycle();
    EXPECT_EQ(disk->commits(), commits) << "the store is left alone for a moment";
    EXPECT_EQ(*dispatcher->next_wake(), steady() + 1s);
    advance_in_steps(20s, 500ms);
    EXPECT_EQ(disk->misuses(), 0);
    EXPECT_EQ(dead_letters().size(), 1u);
}

/// A journal that answers only on request.
class LateJournal final : public MemoryJournal {
  public:
    void append(AppendRequest request, Done done) override {
        if (request.publisher == "embedded")
            return MemoryJournal::append(std::move(request), std::move(done));
        waiting.emplace_back(std::move(request), std::move(done));
    }
    std::vector<std::pair<AppendRequest, Done>> waiting;
};

TEST_F(DispatcherFaults, AJournalAnswerFromBeforeTheFailureMatchesNoLaterAttempt) {
    LateJournal late;
    Bus derived_bus(late);
    Dispatcher its(derived_bus, late, open_store(), options);
    late.follow([&](EntryBatchPtr batch) { its.on_entries(std::move(batch)); });
    const auto go_on = [&] {
        for (int i = 0; i < 5; ++i) {
            its.cycle();
            run_bodies();
        }
    };
    int calls = 0;
    ASSERT_TRUE(derived_bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        ++calls;
        context.derive(ScheduleDeleted{event.schedule_id, "s", {}});
    }));
    go_on();
    derived_bus.publish(ScheduleArchived{"a", "x", "1"}).get().value();
    go_on();
    ASSERT_EQ(late.waiting.size(), 1u);
    disk->fail_commits(1);
    derived_bus.publish(ScheduleArchived{"b", "x", "2"}).get().value();
    go_on();
    ASSERT_FALSE(its.ready());
    pass(1s);
    for (int i = 0; i < 20 && late.waiting.size() < 2; ++i) {
        go_on();
        pass(25ms);
    }
    ASSERT_GE(late.waiting.size(), 2u);
    const auto before = disk->peek().subscribers.begin()->second.done;
    late.waiting.front().second(Receipts{});  // of the first attempt
    for (int i = 0; i < 20; ++i) {
        go_on();
        pass(25ms);
    }
    EXPECT_EQ(disk->peek().subscribers.begin()->second.done, before);
    its.close();
}

// A store failure must not count against deliveries.
TEST_F(DispatcherFaults, AStoreFailureDoesNotCountAsAnAttempt) {
    int calls = 0;
    bool down = true;
    SubscriberOptions once;
    once.retry.attempts = 2;
    ASSERT_TRUE(bus.on(
        "s",
        [&](const ScheduleArchived&) {
            ++calls;
            return down ? Outcome::failed("Down") : Outcome::done();
        },
        once));
    settle();
    publish("a");
    settle();
    for (int i = 0; i < 10; ++i) {
        pass(3s);
        for (int turn = 0; turn < 5 && bodies.empty(); ++turn) dispatcher->cycle();
        ASSERT_FALSE(bodies.empty()) << "not leased in round " << i;
        disk->fail_commits(1);
        run_bodies();
        dispatcher->cycle();
        advance(25ms);
        disk->heal();
        down = i < 8;
    }
    advance_in_steps(20s, 500ms);
    EXPECT_TRUE(dead_letters().empty());
    EXPECT_EQ(status("s").done, 1);
}

TEST_F(DispatcherFaults, AHandlerStillRunningAfterAStoreFailureIsNotStartedTwice) {
    int calls = 0;
    bool beside = false;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&) {
        if (++calls > 1) return;
        disk->fail_commits(1);
        ASSERT_TRUE(bus.on("t", [](const ScheduleArchived&) {}));  // to have rows to store
        pass(25ms);
        dispatcher->cycle();
        EXPECT_FALSE(dispatcher->ready());
        pass(2s);
        for (int i = 0; i < 10; ++i) dispatcher->cycle();
        EXPECT_TRUE(dispatcher->ready());
        beside = !bodies.empty();
    }));
    settle();
    publish("a");
    settle();
    EXPECT_FALSE(beside);
    EXPECT_EQ(calls, 2) << "what the first run came to, was not stored";
    EXPECT_EQ(status("s").done, 1);
}

#ifdef ROTACAST_SANITIZED
constexpr std::int64_t sparse = 16;
#else
constexpr std::int64_t sparse = 1;
#endif

class EveryCommit : public FaultRun<DispatcherFaults> {
  protected:
    void start_over() {
        forget();
        disk = std::make_shared<MemoryDisk>();
    }
};

TEST_F(EveryCommit, CanFailOnceAndNothingIsLost) {
    run(200);
    const auto commits = disk->commits();
    ASSERT_GE(commits, 200);
    expect_all_done(200);
    for (const auto& [left, step] :
         {std::pair(MemoryDisk::Left::nothing, 1), std::pair(MemoryDisk::Left::everything, 3)})
        for (std::int64_t nth = 1; nth <= commits; nth += step * sparse) {
            start_over();
            disk->fail_commits(nth, 1, left);
            run(200);
            expect_all_done(200);
            ASSERT_EQ(disk->failures(), 1);
            ASSERT_EQ(disk->misuses(), 0);
            ASSERT_FALSE(HasFailure()) << "the " << nth << "th commit failed";
        }
}

TEST_F(EveryCommit, CanFailFromBeginAndNothingIsLost) {
    run(60);
    const auto begins = disk->begins();
    ASSERT_GE(begins, 60);
    for (std::int64_t nth = 1; nth <= begins; nth += sparse) {
        start_over();
        disk->fail_begin(nth);
        run(60);
        expect_all_done(60);
        ASSERT_EQ(disk->failures(), 1);
        ASSERT_EQ(disk->misuses(), 0);
        ASSERT_FALSE(HasFailure()) << "the " << nth << "th transaction failed";
    }
}

TEST_F(EveryCommit, CanFailForAWhileAndIsRetriedOnceASecond) {
    add_handlers();
    settle();
    for (int i = 0; i < 20; ++i) happen(i);
    const auto before = disk->commits();
    disk->fail_commits(1, MemoryDisk::for_ever);
    for (int i = 20; i < 40; ++i) happen(i);
    advance_in_steps(60s, 100ms);
    EXPECT_FALSE(dispatcher->ready());
    EXPECT_LE(disk->commits() - before, 62) << "one attempt a second";
    disk->heal();
    for (int i = 40; i < 60; ++i) happen(i);
    advance_in_steps(20s, 250ms);
    expect_all_done(60);
    EXPECT_EQ(disk->misuses(), 0);
}

}  // namespace
}  // namespace rotacast::bus
