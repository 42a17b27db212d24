#include "projection/roster_projection.hpp"

#include "bus/bus.hpp"
#include "bus/journal_for_tests.hpp"
#include "events/events_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::projection {
namespace {

using events::as_it_is;
using events::with;
using Changes = std::vector<events::json::object>;
namespace json = events::json;
using Persons = std::vector<std::string>;

class RosterProjectionTest : public testing::Test {
  protected:
    RosterProjectionTest() { journal.enricher = &roster; }

    /// Publishes the event and returns what the journal stored with it.
    template <class E>
    events::Known happen(E event) {
        EXPECT_TRUE(bus.publish(std::move(event)).get());
        const auto& known = journal.entries.back().known;
        return known ? *known : events::Known{};
    }

    static events::AssignmentCreated duty(const std::string& id,
                                          const std::string& person,
                                          const std::string& block = "b") {
        return with<events::AssignmentCreated>(id, person, block, "r", "primary", "x", "s");
    }
    static events::AssignmentConfirmed confirmed(const std::string& id) {
        return with<events::AssignmentConfirmed>(id, "x");
    }

    /// Simulates a journal that is closed and opened again with its stored facts.
    void restart(const std::vector<bus::Fact>& facts, bus::Offset up_to) {
        fresh = std::make_unique<RosterProjection>();
        for (const auto& fact : facts) fresh->restore(fact);
        for (const auto& entry : journal.entries)
            if (entry.offset > up_to) fresh->learn(entry.offset, entry.envelope.event, entry.known);
        fresh->commit();
    }

    bus::MemoryJournal journal;
    bus::Bus bus{journal};
    RosterProjection roster;
    std::unique_ptr<RosterProjection> fresh;
};

TEST_F(RosterProjectionTest, FollowsADutyFromPersonToPerson) {
    happen(duty("a", "ann"));
    EXPECT_EQ(roster.assigned_to("s"), Persons{"ann"});
    happen(with<events::SwapExecuted>(
        "w", "x", Changes{{{"assignment_id", "a"}, {"new_person_id", "bob"}}}));
    EXPECT_EQ(roster.assigned_to("s"), Persons{"bob"});
    happen(with<events::SwapRolledBack>(
        "w", "x", Changes{{{"assignment_id", "a"}, {"person_id", "ann"}}}));
    EXPECT_EQ(roster.assigned_to("s"), Persons{"ann"});
    happen(with<events::AssignmentUpdated>("a", "x", json::object{{"block_id", "c"}}, as_it_is));
    EXPECT_EQ(roster.on_duty_in({"c", "d"}), Persons{"ann"});
    EXPECT_TRUE(roster.on_duty_in({"b"}).empty());
    happen(with<events::AssignmentDeleted>("a", "x", as_it_is));
    EXPECT_TRUE(roster.assigned_to("s").empty());
}

TEST_F(RosterProjectionTest, StoresWithAnEventOnlyWhatTheEventLacks) {
    EXPECT_EQ(happen(duty("a", "ann")), events::Known{});
    const auto known = happen(confirmed("a"));
    ASSERT_TRUE(known.assignments);
    EXPECT_EQ(known.assignments->at(0), (events::KnownAssignment{"ann", "b", "r", "s", {}}));
    EXPECT_EQ(happen(with<events::AssignmentConfirmed>("a", "x", as_it_is, "ann", "b", "r", "s")),
              events::Known{});
    const auto moved =
        happen(with<events::AssignmentConfirmed>("a", "x", as_it_is, "bob", "b", "r", "s"));
    ASSERT_TRUE(moved.assignments) << "whose it was";
    EXPECT_EQ(moved.assignments->at(0), (events::KnownAssignment{"ann", {}, {}, {}, {}}));
    EXPECT_EQ(happen(confirmed("another")), events::Known{});
}

TEST_F(RosterProjectionTest, AClearedValueIsNoLongerKnown) {
    happen(duty("a", "ann"));
    happen(with<events::AssignmentUpdated>(
        "a", "x", json::object{{"rotation_id", nullptr}}, as_it_is));
    EXPECT_EQ(happen(confirmed("a")).assignments->at(0),
              (events::KnownAssignment{"ann", "b", {}, "s", {}}));
}

TEST_F(RosterProjectionTest, KeepsSoftDeletedAssignmentsAndForgetsDeletedOnes) {
    happen(duty("a", "ann"));
    happen(with<events::AssignmentDeleted>("a", "x", as_it_is, true));
    EXPECT_EQ(happen(confirmed("a")).assignments->at(0).deleted, true);
    EXPECT_EQ(roster.assigned_to("s"), Persons{"ann"}) << "confirmed, so it is there";
    happen(with<events::AssignmentDeleted>("a", "x", as_it_is, false));
    EXPECT_EQ(happen(confirmed("a")), events::Known{});
    EXPECT_TRUE(roster.assigned_to("s").empty());
}

TEST_F(RosterProjectionTest, KnowsEachDutyOfASwapByItsIndex) {
    happen(duty("a", "ann"));
    happen(duty("b", "bob", "c"));
    const auto known =
        happen(with<events::SwapExecuted>("w",
                                          "x",
                                          Changes{{{"assignment_id", "new"}, {"person_id", "cem"}},
                                                  {{"assignment_id", "b"}, {"person_id", "ann"}},
                                                  {{"note", "names none"}},
                                                  {{"assignment_id", "a"}, {"person_id", "ann"}}}));
    ASSERT_EQ(known.assignments.value().size(), 4u);
    EXPECT_EQ(known.assignments->at(0), events::KnownAssignment{});
    EXPECT_EQ(known.assignments->at(1), (events::KnownAssignment{"bob", "c", "r", "s", {}}));
    EXPECT_EQ(known.assignments->at(2), events::KnownAssignment{});
    EXPECT_EQ(known.assignments->at(3), (events::KnownAssignment{{}, "b", "r", "s", {}}));
}

TEST_F(RosterProjectionTest, TheTargetOfASwapIsTheOwnerOfTheRequestedDuty) {
    happen(duty("a", "ann"));
    const auto known =
        happen(with<events::SwapRequested>("w", "bob", "b", "a", "one_to_one", as_it_is, as_it_is));
    EXPECT_EQ(known.assignments.value().at(0).person_id, "ann");
    EXPECT_EQ(happen(with<events::SwapApproved>("w", "x")).swap,
              (events::KnownSwap{"bob", "ann", "one_to_one", Persons{"b", "a"}}));
}

TEST_F(RosterProjectionTest, KnowsAnAbsenceUntilItEnds) {
    happen(with<events::AbsenceCreated>(
        "y", "ann", as_it_is, as_it_is, "sick", as_it_is, "x", Persons{"b"}, "low"));
    happen(with<events::AbsenceUpdated>(
        "y",
        "x",
        json::object{{"overlapping_blocks", json::array{"b", "c"}}, {"severity", "high"}}));
    EXPECT_EQ(happen(with<events::AbsenceApproved>("y", "x")).absence,
              (events::KnownAbsence{"ann", Persons{"b", "c"}, "high"}));
    happen(with<events::AbsenceRejected>("y", "x"));
    EXPECT_EQ(happen(with<events::AbsenceApproved>("y", "x")), events::Known{});
}

TEST_F(RosterProjectionTest, RolledBackFactsAreNotKnown) {
    const events::Event made = duty("a", "ann");
    const events::Event other = duty("b", "bob");
    const events::Event asks = confirmed("a");
    const events::Event asks_other = confirmed("b");
    roster.learn(1, made, nullptr);
    const auto mark = roster.mark();
    roster.learn(2, other, nullptr);
    EXPECT_TRUE(roster.known(asks)) << "within the transaction it is known at once";
    EXPECT_TRUE(roster.known(asks_other));
    EXPECT_TRUE(roster.assigned_to("s").empty()) << "but to nobody else";
    roster.roll_back(mark);
    EXPECT_FALSE(roster.known(asks_other));
    EXPECT_TRUE(roster.known(asks));
    roster.roll_back(0);
    EXPECT_FALSE(roster.known(asks));
    roster.commit();
    EXPECT_TRUE(roster.assigned_to("s").empty());
}

TEST_F(RosterProjectionTest, BeyondItsBoundForgetsTheThingNamedLongestAgo) {
    RosterProjection small({.assignments_max = 2, .swaps_max = 1, .absences_max = 1});
    journal.enricher = &small;
    happen(duty("a", "ann"));
    happen(duty("b", "bob"));
    happen(confirmed("a"));
    happen(duty("c", "cem"));
    EXPECT_EQ(small.assigned_to("s"), (Persons{"ann", "cem"}));
    EXPECT_EQ(happen(confirmed("b")), events::Known{});
    for (int i = 0; i < 1000; ++i) happen(duty(std::to_string(i), "p" + std::to_string(i)));
    EXPECT_EQ(small.assigned_to("s"), (Persons{"p998", "p999"}));
    EXPECT_EQ(small.facts_to_keep(10'000, 10'000).facts.size(), 2u);
}

TEST_F(RosterProjectionTest, ValuesThatAreTooLongAreIgnored) {
    happen(duty(std::string(129, 'a'), "ann"));
    EXPECT_EQ(happen(confirmed(std::string(129, 'a'))), events::Known{});
    happen(duty(std::string(128, 'a'), std::string(129, 'p')));
    EXPECT_EQ(happen(confirmed(std::string(128, 'a'))).assignments->at(0).person_id, std::nullopt);
    Persons blocks(1000, "b");
    happen(with<events::AbsenceCreated>(
        "y", "ann", as_it_is, as_it_is, "sick", as_it_is, "x", blocks));
    const auto known = happen(with<events::AbsenceApproved>("y", "x"));
    EXPECT_EQ(known.absence.value().overlapping_blocks.value().size(), 64u);
}

TEST_F(RosterProjectionTest, CanBeRebuiltFromTheJournal) {
    happen(duty("a", "ann"));
    happen(duty("b", "bob"));
    happen(with<events::SwapRequested>("w", "ann", "a", "b", "one_to_one", as_it_is, as_it_is));
    happen(confirmed("a"));
    restart({}, 0);
    for (const events::Event& event : std::vector<events::Event>{
             confirmed("a"), confirmed("b"), with<events::SwapApproved>("w", "x")})
        EXPECT_EQ(*fresh->known(event), *roster.known(event));
}

// The entries with the facts may be gone; later entries are stored with what they need.
TEST_F(RosterProjectionTest, CanBeRebuiltFromStoredFactsAndLaterEntries) {
    happen(duty("a", "ann"));
    happen(duty("b", "bob"));
    happen(duty("c", "cem"));
    happen(confirmed("a"));
    const auto slice = roster.facts_to_keep(3, 100);
    EXPECT_EQ(slice.up_to, 3u);
    ASSERT_EQ(slice.facts.size(), 2u) << "the last word on a comes later";
    EXPECT_EQ(slice.facts[0].id, "b");
    restart(slice.facts, slice.up_to);
    for (const auto* id : {"a", "b", "c"})
        EXPECT_EQ(*fresh->known(confirmed(id)), *roster.known(confirmed(id)));
}

TEST_F(RosterProjectionTest, StoresFactsInSlicesOnceEach) {
    for (const auto* id : {"a", "b", "c"}) happen(duty(id, "ann"));
    happen(with<events::SwapExecuted>("w",
                                      "x",
                                      Changes{{{"assignment_id", "d"}, {"person_id", "bob"}},
                                              {{"assignment_id", "e"}, {"person_id", "ann"}}}));
    const auto ids = [&](bus::Offset up_to, std::size_t max, bus::Offset expected) {
        const auto slice = roster.facts_to_keep(up_to, max);
        EXPECT_EQ(slice.up_to, expected);
        std::string all;
        for (const auto& fact : slice.facts) all += fact.id;
        return all;
    };
    EXPECT_EQ(ids(4, 2, 2), "abw");
    EXPECT_EQ(ids(4, 2, 2), "abw") << "it could not be written: once more";
    roster.facts_are_kept();
    EXPECT_EQ(ids(4, 2, 4), "cde") << "what one entry said is kept together";
    roster.facts_are_kept();
    EXPECT_EQ(ids(4, 2, 4), "");
    happen(confirmed("a"));
    EXPECT_EQ(ids(5, 2, 5), "a") << "the last word has changed";
}

}  // namespace
}  // namespace rotacast::projection
