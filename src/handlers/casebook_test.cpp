#include "handlers/casebook.hpp"

#include "bus/bus.hpp"
#include "bus/journal_for_tests.hpp"
#include "events/events_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::handlers {
namespace {

using events::as_it_is;
using events::with;
using Changes = std::vector<events::json::object>;
namespace json = events::json;
using Persons = std::vector<std::string>;

class CasebookTest : public testing::Test {
  protected:
    template <class E>
    void happen(E event) {
        ASSERT_TRUE(bus.publish(std::move(event)).get());
    }

    void assign(const std::string& id, const std::string& person, const std::string& block = "b") {
        happen(with<events::AssignmentCreated>(id, person, block, as_it_is, "primary", "x", "s"));
    }

    Result<void> read(Casebook& book) {
        return book.read_up_to(journal.state().last, std::stop_source().get_token());
    }

    bus::MemoryJournal journal;
    bus::Bus bus{journal};
};

TEST_F(CasebookTest, FollowsADutyFromHandToHand) {
    Casebook book(journal);
    assign("a", "ann");
    ASSERT_TRUE(read(book));
    EXPECT_EQ(book.assigned_to("s"), Persons{"ann"});
    happen(with<events::SwapExecuted>(
        "w", "x", Changes{{{"assignment_id", "a"}, {"new_person_id", "bob"}}}));
    ASSERT_TRUE(read(book));
    EXPECT_EQ(book.assigned_to("s"), Persons{"bob"});
    happen(with<events::SwapRolledBack>(
        "w", "x", Changes{{{"assignment_id", "a"}, {"person_id", "ann"}}}));
    ASSERT_TRUE(read(book));
    EXPECT_EQ(book.duty("a").person, "ann");
    happen(with<events::AssignmentUpdated>("a", "x", json::object{{"block_id", "c"}}, as_it_is));
    ASSERT_TRUE(read(book));
    EXPECT_EQ(book.on_duty_in({"c", "d"}), Persons{"ann"});
    EXPECT_TRUE(book.on_duty_in({"b"}).empty());
    happen(with<events::AssignmentDeleted>("a", "x", as_it_is));
    ASSERT_TRUE(read(book));
    EXPECT_TRUE(book.assigned_to("s").empty());
}

TEST_F(CasebookTest, KnowsNothingBeyondWhereItWasRead) {
    Casebook book(journal);
    assign("a", "ann");
    assign("b", "bob");
    ASSERT_TRUE(book.read_up_to(1, std::stop_source().get_token()));
    EXPECT_EQ(book.duty("a").person, "ann");
}

TEST_F(CasebookTest, ForgetsTheOldestBeyondItsBound) {
    Casebook book(journal, {.duties_max = 2, .swaps_max = 1, .absences_max = 1});
    assign("a", "ann");
    assign("b", "bob");
    assign("a", "ann");
    assign("c", "cem");
    ASSERT_TRUE(read(book));
    EXPECT_EQ(book.assigned_to("s"), (Persons{"bob", "cem"}));
    EXPECT_TRUE(book.duty("a").person.empty());
}

TEST_F(CasebookTest, WhatTheJournalHasDroppedIsNotKnownAndStopsNothing) {
    assign("a", "ann");
    assign("b", "bob");
    journal.trim(2);
    Casebook book(journal);
    ASSERT_TRUE(read(book));
    EXPECT_EQ(book.assigned_to("s"), Persons{"bob"});
}

TEST_F(CasebookTest, StoppedItKeepsWhatItHasAndSaysSo) {
    Casebook book(journal);
    assign("a", "ann");
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(book.read_up_to(1, stop.get_token()).error().code, ErrorCode::unavailable);
    ASSERT_TRUE(read(book));
    EXPECT_EQ(book.duty("a").person, "ann");
}

}  // namespace
}  // namespace rotacast::handlers
