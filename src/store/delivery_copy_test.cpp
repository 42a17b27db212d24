#include "store/delivery_copy.hpp"

#include "store/dispatching_for_tests.hpp"

namespace rotacast::store {
namespace {

struct DeliveryCopyTest : Dispatching {
    ~DeliveryCopyTest() override { dispatcher.reset(); }

    std::unique_ptr<bus::DeliveryStore> open_store() override {
        auto opened = SqliteDeliveries::open(folder.file(file)).value();
        EXPECT_TRUE(opened->watch_changes([this](auto changes) {
            if (!changes) return;
            for (auto& one : *changes) apply(std::move(one));
        }));
        return opened;
    }

    /// As the copy in Redis is kept.
    void apply(SubscriberChanges changes) {
        if (!changes.record) return (void)copies.erase(changes.name);
        auto& copy = copies[changes.name];
        copy.record = *changes.record;
        for (auto& [event, row] : changes.rows) {
            if (row)
                copy.rows.insert_or_assign(event, *row);
            else
                copy.rows.erase(event);
        }
        ++applied;
    }

    void subscribe() {
        bus::SubscriberOptions options;
        options.retry.first_wait = 10ms;
        options.retry.attempts = 3;
        EXPECT_TRUE(bus.on(
            "mailer",
            [this](const ScheduleArchived& event, HandlerContext& context) {
                attempts.push_back(event.schedule_id + ' ' + std::to_string(context.attempt()));
                return failing.contains(event.schedule_id) ? Outcome::failed("Unlucky", "\"no\"\n")
                                                           : Outcome::done();
            },
            options));
    }

    SubscriberCopy whole() {
        EXPECT_TRUE(dispatcher->flush());
        auto& deliveries = static_cast<SqliteDeliveries&>(dispatcher->store());
        deliveries.begin(bus::Durability::safe);
        auto copy = deliveries.copy_of("mailer").value_or(SubscriberCopy{});
        EXPECT_TRUE(deliveries.commit());
        return copy;
    }

    std::set<std::string> failing{"dies", "waits"};
    std::vector<std::string> attempts;
    std::map<std::string, SubscriberCopy> copies;
    int applied = 0;
};

TEST_F(DeliveryCopyTest, ChangesAddUpToTheWhole) {
    subscribe();
    for (const auto* schedule : {"s1", "dies", "dies", "s2"}) publish(schedule);
    settle();
    advance_in_steps(100ms, 10ms);
    EXPECT_EQ(copies["mailer"], whole());
    EXPECT_EQ(copies["mailer"].rows.size(), 2U) << "two dead letters";
    publish("waits");
    publish("waits");
    settle();
    EXPECT_EQ(copies["mailer"], whole());
    EXPECT_EQ(copies["mailer"].rows.size(), 4U);
    failing.clear();
    advance_in_steps(100ms, 10ms);
    EXPECT_EQ(copies["mailer"].rows.size(), 2U) << "done";
    // What an operator does to many at once.
    ASSERT_TRUE(replay(bus::of_subscriber("mailer")));
    settle();
    EXPECT_EQ(copies["mailer"], whole());
    EXPECT_EQ(copies["mailer"].rows.size(), 0U);
}

TEST_F(DeliveryCopyTest, AnotherFileGoesOnFromTheCopy) {
    subscribe();
    for (const auto* schedule : {"s1", "dies", "waits", "waits"}) {
        publish(schedule);
        settle();
    }
    failing.erase("waits");
    const auto taken = whole();
    attempts.clear();
    dispatcher.reset();
    file = "other.db";
    ASSERT_TRUE(bus.unsubscribe("mailer"));
    settle();
    ASSERT_TRUE(dispatcher->replace_stored("mailer", [&](bus::DeliveryStore& store) {
        static_cast<SqliteDeliveries&>(store).put_copy("mailer", taken);
    }));
    EXPECT_EQ(whole(), taken);
    EXPECT_EQ(begun_in(taken.record), (bus::Cursor{"e1", {4}}));
    subscribe();
    settle();
    advance_in_steps(100ms, 10ms);
    EXPECT_EQ(attempts, (std::vector<std::string>{"dies 2", "waits 2", "waits 1", "dies 3"}));
}

TEST_F(DeliveryCopyTest, ARemovedSubscriberHasNoCopy) {
    subscribe();
    publish("dies");
    settle();
    ASSERT_TRUE(bus.unsubscribe("mailer"));
    settle();
    ASSERT_EQ(copies.count("mailer"), 1U);
    EXPECT_TRUE(
        ask<void>([&](auto done) { operations->forget("mailer", "", "user:1", std::move(done)); }));
    EXPECT_EQ(copies.count("mailer"), 0U);
}

TEST_F(DeliveryCopyTest, NothingChangedTellsNothing) {
    subscribe();
    settle();
    const auto before = applied;
    (void)status("mailer");
    settle();
    EXPECT_EQ(applied, before);
}

TEST(DeliveryCopy, WhatIsNoRecordHasNoPosition) {
    for (const auto* text :
         {"", "[]", "{}", R"({"epoch":1,"begun":2})", R"({"epoch":"e","begun":"2"})"})
        EXPECT_EQ(begun_in(text), std::nullopt) << text;
}

}  // namespace
}  // namespace rotacast::store
