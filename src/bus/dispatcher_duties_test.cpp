// Subscribers that another node may run: bus/duties.hpp.

#include "bus/dispatching_for_tests.hpp"
#include "bus/duties.hpp"

namespace rotacast::bus {
namespace {

/// Decided by the test.
struct GivenDuties final : Duties {
    std::optional<SteadyTime> held_until(const std::string& subscriber) const override {
        const auto found = until.find(subscriber);
        return found == until.end() ? std::nullopt : std::optional(found->second);
    }
    std::string holder_of(const std::string& subscriber) const override {
        return until.contains(subscriber) ? "here" : holder;
    }
    void running(std::set<std::string> subscribers) override { told.push_back(subscribers); }
    void forget(const std::string& subscriber) override { forgotten.insert(subscriber); }

    std::map<std::string, SteadyTime> until;
    std::string holder;
    std::vector<std::set<std::string>> told;
    std::set<std::string> forgotten;
};

struct DispatcherDuties : Dispatching {
    DispatcherDuties() {
        options.duties = &duties;
        SubscriberOptions fast;
        fast.start.from = Start::From::beginning;
        fast.retry.first_wait = 10ms;
        EXPECT_TRUE(bus.on(
            "mailer",
            [this](const ScheduleArchived& event, HandlerContext& context) {
                handled.push_back(event.schedule_id + ' ' + std::to_string(context.attempt()));
                if (const auto now = during) now();
                return fails ? Outcome::failed("Unlucky") : Outcome::done();
            },
            fast));
    }
    ~DispatcherDuties() override { dispatcher.reset(); }
    void hold_for(std::chrono::milliseconds time) { duties.until["mailer"] = steady() + time; }

    GivenDuties duties;
    std::vector<std::string> handled;
    std::function<void()> during;
    bool fails = false;
    using Runs = std::vector<std::set<std::string>>;
};

TEST_F(DispatcherDuties, RunsWhatThisNodeHasTheDutyFor) {
    publish("s1");
    settle();
    EXPECT_EQ(handled, std::vector<std::string>{});
    EXPECT_EQ(duties.told, Runs{{}});
    hold_for(1s);
    settle();
    EXPECT_EQ(handled, std::vector<std::string>{"s1 1"});
    EXPECT_EQ(duties.told, (Runs{{}, {"mailer"}}));
}

TEST_F(DispatcherDuties, StartsNothingAfterItsEnd) {
    hold_for(100ms);
    settle();
    fails = true;
    publish("s1");
    settle();
    fails = false;
    pass(100ms);
    publish("s2");
    settle();
    EXPECT_EQ(handled, std::vector<std::string>{"s1 1"}) << "neither the retry nor the new one";
    EXPECT_EQ(duties.told.back(), std::set<std::string>{});
    hold_for(1s);
    settle();
    EXPECT_EQ(handled, (std::vector<std::string>{"s1 1", "s1 2", "s2 1"}));
}

TEST_F(DispatcherDuties, WakesWhenItEnds) {
    hold_for(100ms);
    settle();
    ASSERT_TRUE(dispatcher->next_wake());
    EXPECT_LE(*dispatcher->next_wake(), steady() + 100ms);
}

TEST_F(DispatcherDuties, AnAttemptThatRunsIsStoredBeforeTheSubscriberCountsAsNotRunning) {
    hold_for(100ms);
    publish("s1");
    during = [this] {
        during = nullptr;
        pass(100ms);
        dispatcher->cycle();
        EXPECT_EQ(duties.told.back(), std::set<std::string>{"mailer"});
        hold_for(1s);  // back before it has left
        dispatcher->cycle();
    };
    settle();
    EXPECT_EQ(handled, std::vector<std::string>{"s1 1"});
    EXPECT_EQ(status("mailer").done, 1);
    publish("s2");
    settle();
    EXPECT_EQ(handled, (std::vector<std::string>{"s1 1", "s2 1"}));
}

TEST_F(DispatcherDuties, WhatTheStoreIsGivenInItsPlaceCountsAsInterruptedThere) {
    hold_for(1s);
    publish("s1");
    settle();
    EXPECT_FALSE(dispatcher->replace_stored("mailer", [](DeliveryStore&) {})) << "it runs here";
    duties.until.clear();
    settle();
    publish("s2");
    ASSERT_TRUE(dispatcher->replace_stored("mailer", [](DeliveryStore& store) {
        auto record = store.find_subscriber("mailer").value();
        record.begun = 2;  // another node has begun with s2
        store.save(record);
    }));
    hold_for(1s);
    settle();
    EXPECT_EQ(handled, (std::vector<std::string>{"s1 1", "s2 2"}));
}

TEST_F(DispatcherDuties, ADeletedSubscriberIsForgottenEverywhere) {
    const auto forget = [&] {
        return ask<void>([&](auto done) { operations->forget("mailer", "", "user:1", done); });
    };
    hold_for(1s);
    settle();
    EXPECT_FALSE(forget()) << "it runs";
    EXPECT_EQ(duties.forgotten, std::set<std::string>{});
    duties.until.clear();
    settle();
    EXPECT_TRUE(forget());
    EXPECT_EQ(duties.forgotten, std::set<std::string>{"mailer"});
}

TEST_F(DispatcherDuties, OperatorsAreToldWhoRunsIt) {
    open();
    duties.holder = "node-b";
    settle();
    EXPECT_EQ(status("mailer").reason, "Runs on node node-b.");
    const auto refused = replay(of_subscriber("mailer"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_NE(refused.error().message.find("node-b"), std::string::npos);
    const auto paused =
        ask<void>([&](auto done) { operations->pause("mailer", "", "user:1", done); });
    EXPECT_FALSE(paused);
}

}  // namespace
}  // namespace rotacast::bus
