#include "bus/bus.hpp"

#include "bus/journal_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {
namespace {

using events::ScheduleArchived;
using events::ScheduleDeleted;

TEST(Subscribers, ANameCanBeRegisteredOnce) {
    MemoryJournal journal;
    Bus bus(journal);
    EXPECT_TRUE(bus.on("a", [](const ScheduleArchived&) {}));
    EXPECT_EQ(bus.on("a", [](const ScheduleDeleted&) {}).error().code, ErrorCode::conflict);
    EXPECT_TRUE(bus.unsubscribe("a"));
    EXPECT_EQ(bus.unsubscribe("a").error().code, ErrorCode::not_found);
    EXPECT_TRUE(bus.subscriptions().empty());
}

TEST(Subscribers, NamesAndTypesAreChecked) {
    MemoryJournal journal;
    Bus bus(journal);
    const auto refusal = [&](std::string name, std::vector<std::string> types) {
        const auto result = bus.subscribe({std::move(name), std::move(types), {}});
        return result ? ErrorCode{} : result.error().code;
    };
    EXPECT_EQ(refusal("", {}), ErrorCode::invalid_field);
    EXPECT_EQ(refusal("a b", {}), ErrorCode::invalid_field);
    EXPECT_EQ(refusal(std::string(101, 'a'), {}), ErrorCode::invalid_field);
    EXPECT_EQ(refusal("a", {"NoSuchType"}), ErrorCode::unknown_event_type);
    EXPECT_EQ(refusal("webhook:a.b_c-1", {"SwapApproved", "SwapApproved"}), ErrorCode{});
    EXPECT_EQ(bus.subscriptions()[0]->types.size(), 1u);
}

TEST(Subscribers, TheArgumentTypeSelectsTheEvents) {
    MemoryJournal journal;
    Bus bus(journal);
    ASSERT_TRUE(bus.on("1", [](const ScheduleDeleted&, HandlerContext&) {}));
    ASSERT_TRUE(bus.on("2", [](const std::variant<ScheduleArchived, ScheduleDeleted>&) {
        return Outcome::done();
    }));
    ASSERT_TRUE(bus.on_any("3", [](const Entry&) {}));
    const auto list = bus.subscriptions();
    EXPECT_EQ(list[0]->types, (std::vector<std::string>{"ScheduleDeleted"}));
    EXPECT_EQ(list[1]->types, (std::vector<std::string>{"ScheduleArchived", "ScheduleDeleted"}));
    EXPECT_TRUE(list[2]->wants("SwapApproved"));
    EXPECT_FALSE(list[0]->wants("ScheduleArchived"));
}

TEST(Bus, ABatchIsStoredConsecutivelyInItsOrder) {
    MemoryJournal journal;
    Bus bus(journal);
    std::vector<events::Event> batch{ScheduleArchived{"a", "x", {}}, ScheduleDeleted{"b", "x", {}}};
    const auto receipts = bus.publish_batch(std::move(batch)).get().value();
    ASSERT_EQ(receipts.size(), 2u);
    EXPECT_EQ(receipts[0].offset, 1u);
    EXPECT_EQ(receipts[1].offset, 2u);
    EXPECT_EQ(journal.entries[1].envelope.metadata.event_type, "ScheduleDeleted");
}

}  // namespace
}  // namespace rotacast::bus
