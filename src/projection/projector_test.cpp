#include "projection/projector.hpp"

#include <gtest/gtest.h>

namespace rotacast::projection {
namespace {

namespace client = events::client;
using hub::Topic;

const Uuid swap_id = *Uuid::parse("00000000-0000-4000-8000-000000000001");
const Uuid ann = *Uuid::parse("00000000-0000-4000-8000-0000000000a1");
const Uuid bob = *Uuid::parse("00000000-0000-4000-8000-0000000000b1");
const Uuid block = *Uuid::parse("00000000-0000-4000-8000-0000000000c1");
const Uuid duty = *Uuid::parse("00000000-0000-4000-8000-0000000000d1");
const Uuid plan = *Uuid::parse("00000000-0000-4000-8000-0000000000e1");

bus::Entry entry_of(events::Event event) {
    bus::Entry entry;
    entry.offset = 7;
    entry.envelope = events::wrap(std::move(event));
    entry.envelope.metadata.event_id = swap_id;
    entry.envelope.metadata.timestamp = Timestamp{};
    return entry;
}

events::json::object change(const Uuid& assignment, const Uuid& person) {
    return {{"assignment_id", to_string(assignment)},
            {"person_id", to_string(person)},
            {"block_id", to_string(block)}};
}

TEST(Projector, ShowsASwapToBothPersons) {
    events::SwapRequested event;
    event.swap_id = to_string(swap_id);
    event.requester_id = to_string(ann);
    event.requester_assignment_id = to_string(duty);
    event.swap_type = "one_to_one";
    event.target_person_id = to_string(bob);
    const auto shown = project(entry_of(event), "e");
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(shown[0].cursor, "e.7");
    EXPECT_EQ(shown[0].topics,
              (std::vector{
                  Topic::person(ann), Topic::person(bob), Topic::every(Topic::Kind::every_swap)}));
    const auto& view = std::get<client::SwapRequested>(shown[0].event);
    EXPECT_EQ(view.affected_assignments, std::vector{duty});
    EXPECT_EQ(view.status, "pending");
}

TEST(Projector, ShowsARequestThatABackEndSaysIsOverToThoseAloneWhoCanBeToldSo) {
    const auto topic_of = [](std::optional<std::string> status) {
        events::client::SwapRequested event;
        event.requester_id = ann;
        event.status = std::move(status);
        return project(entry_of(event), "e").at(0).topics.at(0);
    };
    EXPECT_EQ(topic_of(std::nullopt), Topic::person(ann));
    EXPECT_EQ(topic_of("pending"), Topic::person(ann));
    EXPECT_EQ(topic_of("rejected"), Topic::party(ann));
}

TEST(Projector, ShowsEachDutyOfAnExecutedSwapUnderItsOwnEventId) {
    events::SwapExecuted event;
    event.swap_id = to_string(swap_id);
    event.executed_by = to_string(ann);
    event.assignment_changes = {change(duty, ann), {{"note", "says nothing"}}, change(block, bob)};
    const auto shown = project(entry_of(event), "e");
    ASSERT_EQ(shown.size(), 2u);
    EXPECT_EQ(shown[0].event_id, swap_id);
    EXPECT_NE(shown[1].event_id, swap_id);
    EXPECT_EQ(shown[1].event_id, project(entry_of(event), "e")[1].event_id);
    EXPECT_EQ(std::get<client::AssignmentChanged>(shown[1].event).person_id, bob);
}

// `/ws` has no message for these, so subscribers of persons and schedules receive nothing.
TEST(Projector, SendsASwapsEndOnlyToSubscribersOfSwaps) {
    const auto ending = [](auto event) {
        event.swap_id = to_string(swap_id);
        event.requester_id = to_string(ann);
        event.target_person_id = to_string(bob);
        return project(entry_of(std::move(event)), "e");
    };
    const auto expect = [](const hub::Publication& shown, const std::string& status) {
        EXPECT_EQ(std::get<client::SwapRequested>(shown.event).status, status);
        EXPECT_EQ(
            shown.topics,
            (std::vector{
                Topic::party(ann), Topic::party(bob), Topic::every(Topic::Kind::every_swap)}));
    };
    expect(ending(events::SwapRejected{}).at(0), "rejected");
    expect(ending(events::SwapCancelled{}).at(0), "cancelled");
    expect(ending(events::SwapRolledBack{}).at(0), "rolled_back");
    events::SwapExecuted executed;
    executed.assignment_changes = {change(duty, ann)};
    const auto shown = ending(executed);
    ASSERT_EQ(shown.size(), 2u) << "the duty that changed hands, for everybody, and the swap";
    EXPECT_EQ(std::get<client::AssignmentChanged>(shown[0].event).assignment_id, duty);
    expect(shown[1], "executed");
    EXPECT_TRUE(project(entry_of(events::SwapRejected{}), "e").empty()) << "whose is it?";
}

TEST(Projector, ReportsThePersonsThatAScheduleChangeNames) {
    events::ScheduleUpdated event;
    event.schedule_id = to_string(plan);
    event.changes = {{"person_id", to_string(ann)}, {"affected_persons", {to_string(bob), 7, "x"}}};
    EXPECT_EQ(project(entry_of(event), "e").at(0).topics,
              (std::vector{Topic::schedule(plan),
                           Topic::party(ann),
                           Topic::party(bob),
                           Topic::every(Topic::Kind::every_schedule_update)}));
}

TEST(Projector, NotifiesThePersonWhoLosesADutyToo) {
    events::AssignmentUpdated event;
    event.assignment_id = to_string(duty);
    event.updated_by = "back-end";
    event.changes = {{"person_id", to_string(bob)}};
    event.previous_values = {{"person_id", to_string(ann)}, {"block_id", to_string(block)}};
    event.schedule_id = to_string(plan);
    const auto shown = project(entry_of(event), "e");
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(shown[0].topics,
              (std::vector{Topic::person(bob),
                           Topic::person(ann),
                           Topic::schedule(plan),
                           Topic::every(Topic::Kind::every_assignment)}));
    EXPECT_EQ(std::get<client::AssignmentChanged>(shown[0].event).changed_by, std::nullopt);
}

TEST(Projector, ShowsNothingForAnIdentifierThatIsNoUuidAndNamesIt) {
    events::ScheduleDeleted event;
    event.schedule_id = "s1";
    event.deleted_by = "u";
    EXPECT_TRUE(project(entry_of(event), "e").empty());
    EXPECT_EQ(members_missing(event, nullptr), std::vector<std::string>{"/schedule_id"});
}

TEST(Projector, ShowsAnAbsenceOnlyWhenItOverlapsAndIsNotCovered) {
    events::AbsenceApproved event;
    event.absence_id = "a1";
    event.approved_by = "u";
    event.person_id = to_string(ann);
    EXPECT_TRUE(project(entry_of(event), "e").empty());
    EXPECT_TRUE(members_missing(event, nullptr).empty());
    event.overlapping_blocks = {to_string(block)};
    EXPECT_EQ(project(entry_of(event), "e").size(), 1u);
    event.coverage_assigned = true;
    EXPECT_TRUE(project(entry_of(event), "e").empty());
}

TEST(Projector, TranslatesBothVocabulariesOfDefenceLevels) {
    for (const auto& [level, colour] :
         {std::pair{"black", "black"}, {"DEFENSE_LEVEL_2", "yellow"}, {"unheard of", "orange"}}) {
        events::ResilienceLevelChanged event;
        event.new_level = level;
        const auto shown = project(entry_of(event), "e");
        ASSERT_EQ(shown.size(), 1u);
        EXPECT_EQ(shown[0].topics, std::vector{Topic::everybody()});
        EXPECT_EQ(std::get<client::ResilienceAlert>(shown[0].event).severity, colour);
        EXPECT_EQ(std::get<client::ResilienceAlert>(shown[0].event).defense_level, level);
    }
}

TEST(Projector, SendsAScheduleUpdateWithoutScheduleToEverybody) {
    EXPECT_EQ(project(entry_of(client::ScheduleUpdated{}), "e")[0].topics,
              (std::vector{Topic::everybody(), Topic::every(Topic::Kind::every_schedule_update)}));
}

}  // namespace
}  // namespace rotacast::projection
