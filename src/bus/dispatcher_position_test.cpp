// A subscriber's position in the journal, across restarts and changes of the journal.

#include "bus/dispatching_for_tests.hpp"

namespace rotacast::bus {
namespace {

using Numbers = std::vector<std::string>;

class DispatcherPosition : public Dispatching {
  protected:
    void subscribe(const std::string& name, Start start = {}) {
        SubscriberOptions with;
        with.start = start;
        ASSERT_TRUE(bus.on(
            name,
            [this, name](const ScheduleArchived& e) { seen[name].push_back(*e.reason); },
            with));
    }

    void publish_numbers(int from, int to) {
        for (int i = from; i <= to; ++i)
            bus.publish(ScheduleArchived{"a", "x", std::to_string(i)}).get().value();
    }

    std::map<std::string, Numbers> seen;
};

TEST_F(DispatcherPosition, ANewSubscriberStartsNowAtACursorOrAtTheBeginning) {
    subscribe("first");
    settle();
    publish_numbers(1, 4);
    settle();
    subscribe("now");
    subscribe("beginning", {Start::From::beginning, {}});
    subscribe("cursor", {Start::From::cursor, {"e1", {2, Position::whole}}});
    subscribe("elsewhere", {Start::From::cursor, {"e0", {2, Position::whole}}});
    publish_numbers(5, 5);
    settle();
    EXPECT_EQ(seen["first"], (Numbers{"1", "2", "3", "4", "5"}));
    EXPECT_EQ(seen["now"], (Numbers{"5"}));
    EXPECT_EQ(seen["beginning"], (Numbers{"1", "2", "3", "4", "5"}));
    EXPECT_EQ(seen["cursor"], (Numbers{"3", "4", "5"}));
    EXPECT_EQ(seen["elsewhere"], (Numbers{"1", "2", "3", "4", "5"}));
}

TEST_F(DispatcherPosition, ContinuesFromItsPositionAfterARestart) {
    subscribe("s");
    settle();
    publish_numbers(1, 3);
    settle();
    dispatcher.reset();
    publish_numbers(4, 6);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"1", "2", "3", "4", "5", "6"}));
    EXPECT_EQ(status("s").done, 6);
}

TEST_F(DispatcherPosition, ASubscriberFarBehindReadsTheJournal) {
    options.recent_entries_max = 10;
    publish_numbers(1, 3000);
    subscribe("s", {Start::From::beginning, {}});
    subscribe("t", {Start::From::beginning, {}});
    settle();
    EXPECT_EQ(seen["s"].size(), 3000u);
    EXPECT_EQ(seen["t"].size(), 3000u);
    EXPECT_EQ(seen["s"].back(), "3000");
    EXPECT_LT(journal.reads, 20) << "slices are shared";
}

TEST_F(DispatcherPosition, AfterUnsubscribingALaterSubscriberOfThatNameContinues) {
    subscribe("s");
    settle();
    publish_numbers(1, 1);
    settle();
    ASSERT_EQ(bus.subscriptions().size(), 1u);
    EXPECT_EQ(bus.subscriptions()[0]->types, (std::vector<std::string>{"ScheduleArchived"}));
    EXPECT_EQ(bus.on("s", [](const ScheduleArchived&) {}).error().code, ErrorCode::conflict);
    ASSERT_TRUE(bus.unsubscribe("s"));
    EXPECT_EQ(bus.unsubscribe("s").error().code, ErrorCode::not_found);
    publish_numbers(2, 3);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"1"}));
    EXPECT_EQ(status("s").state, SubscriberState::gone);
    EXPECT_EQ(status("s").lag, 2);
    subscribe("s");
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"1", "2", "3"}));
}

TEST_F(DispatcherPosition, DroppedEntriesAreCountedAndLogged) {
    subscribe("s");
    settle();
    dispatcher.reset();
    publish_numbers(1, 10);
    journal.trim(8);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"8", "9", "10"}));
    EXPECT_EQ(status("s").missed, 7);
    ASSERT_EQ(handler_log().size(), 1u);
    EXPECT_EQ(handler_log()[0].note.kind, "missed");
    EXPECT_EQ(handler_log()[0].note.subject, "e1.1-7");
}

TEST_F(DispatcherPosition, AReplacedJournalIsReadFromWhereTheOptionsSay) {
    subscribe("s", {Start::From::beginning, {}});
    settle();
    publish_numbers(1, 5);
    settle();
    dispatcher.reset();
    journal.become_another("e2");
    publish_numbers(6, 7);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"1", "2", "3", "4", "5", "6", "7"}));
    EXPECT_EQ(to_string(status("s").position), "e2.2");
}

TEST_F(DispatcherPosition, AShorterJournalIsReadFromTheLastSharedEntry) {
    subscribe("s", {Start::From::beginning, {}});
    settle();
    publish_numbers(1, 5);
    settle();
    dispatcher.reset();
    journal.lose_entries_behind(3, "e2");
    settle();
    EXPECT_EQ(to_string(status("s").position), "e2.3");
    for (int i = 14; i <= 16; ++i) publish_numbers(i, i);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"1", "2", "3", "4", "5", "14", "15", "16"}));
    EXPECT_EQ(to_string(status("s").position), "e2.6");
}

TEST_F(DispatcherPosition, TheJournalMayBecomeShorterWhileTheProcessRuns) {
    subscribe("s");
    subscribe("t");
    settle();
    const auto publish = [this](const std::string& number) {
        bus.publish(ScheduleArchived{"schedule " + number, "x", number}).get().value();
    };
    for (const auto* number : {"1", "2", "3", "4", "5"}) publish(number);
    dispatcher->cycle();  // the handlers are about to run
    journal.lose_entries_behind(3, "e2");
    for (const auto* number : {"6", "7"}) publish(number);
    settle();
    for (const auto* name : {"s", "t"}) {
        std::ranges::sort(seen[name]);
        EXPECT_EQ(seen[name], (Numbers{"1", "2", "3", "4", "5", "6", "7"}));
        EXPECT_EQ(to_string(status(name).position), "e2.5");
    }
}

TEST_F(DispatcherPosition, ANewSubscriberStartsNoFurtherThanAJournalThatBecameShorter) {
    publish_numbers(1, 5);
    subscribe("s");
    journal.lose_entries_behind(3, "e2");
    settle();
    EXPECT_EQ(to_string(status("s").position), "e2.3");
    publish_numbers(14, 15);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"14", "15"}));
}

TEST_F(DispatcherPosition, APositionBeyondTheEndIsSetToTheEnd) {
    subscribe("s");
    settle();
    publish_numbers(1, 5);
    settle();
    dispatcher.reset();
    journal.entries.resize(3);  // without a new epoch
    settle();
    publish_numbers(14, 15);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"1", "2", "3", "4", "5", "14", "15"}));
}

TEST_F(DispatcherPosition, DeliveriesOfTheFormerEpochAreStillMade) {
    bool works = false;
    Numbers handled;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event, HandlerContext& context) {
        if (!works) return Outcome::failed("Down");
        handled.push_back(to_string(context.cursor()) + " " + *event.reason);
        return Outcome::done();
    }));
    settle();
    publish_numbers(1, 5);
    settle();
    dispatcher.reset();
    journal.lose_entries_behind(3, "e2");
    publish_numbers(14, 15);
    works = true;
    advance(10min);
    std::ranges::sort(handled);
    EXPECT_EQ(handled,
              (Numbers{"e1.1 1", "e1.2 2", "e1.3 3", "e1.4 4", "e1.5 5", "e2.4 14", "e2.5 15"}));
    EXPECT_EQ(dead_letters().size(), 0u);
}

TEST_F(DispatcherPosition, StartedEntriesThatAreLostAreLogged) {
    subscribe("s");
    settle();
    publish_numbers(1, 5);
    dispatcher->cycle();  // its handlers never run
    snapshot();
    journal.lose_entries_behind(3, "e2");
    reopen_crashed();
    dispatcher->cycle();
    EXPECT_EQ(status("s").missed, 2);
    ASSERT_EQ(handler_log().size(), 1u);
    EXPECT_EQ(handler_log()[0].note.subject, "e1.4-5");
}

TEST_F(DispatcherPosition, EntriesOfOtherTypesAreSkipped) {
    subscribe("s");
    settle();
    for (int i = 0; i < 5000; ++i) bus.publish(ScheduleDeleted{"a", "x", {}}).get().value();
    publish_numbers(1, 1);
    settle();
    EXPECT_EQ(seen["s"], (Numbers{"1"}));
    EXPECT_EQ(status("s").lag, 0);
}

TEST_F(DispatcherPosition, ASubscriberMayTakeSeveralTypesOrAll) {
    int both = 0;
    int generic = 0;
    int all = 0;
    ASSERT_TRUE(
        bus.on("variant", [&](const std::variant<ScheduleArchived, ScheduleDeleted>& event) {
            both += static_cast<int>(event.index()) + 1;
        }));
    ASSERT_TRUE((bus.on<ScheduleArchived, ScheduleDeleted>(
        "generic", [&](const auto& event, HandlerContext&) {
            generic += static_cast<int>(event.schedule_id.size());
        })));
    ASSERT_TRUE(
        bus.on_any("any", [&](const Entry& entry) { all += static_cast<int>(entry.offset); }));
    settle();
    std::vector<events::Event> batch{ScheduleArchived{"a", "x", {}},
                                     ScheduleDeleted{"bb", "x", {}},
                                     events::SchedulePublished{"c", "x", false, {}, {}}};
    EXPECT_EQ(bus.publish_batch(std::move(batch)).get().value().size(), 3u);
    settle();
    EXPECT_EQ(both, 3);
    EXPECT_EQ(generic, 3);
    EXPECT_EQ(all, 6);
    const auto stats = ask<BusStats>([&](auto done) { operations->stats(done); }).value();
    EXPECT_EQ(stats.total_subscriptions, 5);
    EXPECT_EQ(stats.subscriptions_by_type.at("ScheduleDeleted"), 2);
    EXPECT_EQ(stats.subscriptions_by_type.at("*"), 1);
}

}  // namespace
}  // namespace rotacast::bus
