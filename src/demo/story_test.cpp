#include "demo/story.hpp"

#include "events/catalogue.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace rotacast::demo {
namespace {

constexpr std::size_t november = 130;

std::vector<events::Envelope> events_of(const Programme& programme, std::uint64_t seed, int count) {
    Story story(programme, seed, november);
    std::vector<events::Envelope> envelopes;
    for (int i = 0; i < count; ++i) envelopes.push_back(story.next());
    return envelopes;
}

TEST(Story, BeginsWithTheScheduleAndItsDuties) {
    const auto programme = make_programme(7, 2025);
    const Story story(programme, 1, november);
    EXPECT_EQ(story.schedule_created().metadata.event_type, "ScheduleCreated");
    const auto created = story.assignments_created();
    ASSERT_EQ(created.size(), 365u);
    for (const auto& envelope : created)
        EXPECT_EQ(envelope.metadata.event_type, "AssignmentCreated");
}

TEST(Story, ContainsOnlyEventsThatIntakeAccepts) {
    const auto programme = make_programme(7, 2025);
    auto envelopes = events_of(programme, 3, 2'000);
    const Story story(programme, 3, november);
    envelopes.push_back(story.schedule_created());
    for (auto& envelope : story.assignments_created()) envelopes.push_back(std::move(envelope));
    for (const auto& envelope : envelopes) {
        const auto value = reflect::parse_json(events::to_json(envelope));
        ASSERT_TRUE(value);
        const auto decoded = events::decode_envelope(*value, "");
        ASSERT_TRUE(decoded) << envelope.metadata.event_type << ": " << decoded.error().message;
        EXPECT_TRUE(decoded->ignored.empty()) << envelope.metadata.event_type;
    }
}

TEST(Story, LeadsToEveryKindOfClientEvent) {
    const auto programme = make_programme(7, 2025);
    std::set<std::string> types;
    for (const auto& envelope : events_of(programme, 1, 1'000))
        types.insert(envelope.metadata.event_type);
    const std::set<std::string> expected{"AssignmentUpdated",
                                         "AssignmentConfirmed",
                                         "SwapRequested",
                                         "SwapApproved",
                                         "SwapRejected",
                                         "SwapCancelled",
                                         "SwapExecuted",
                                         "AbsenceCreated",
                                         "AbsenceApproved",
                                         "ACGMEViolationDetected",
                                         "ACGMEComplianceRestored",
                                         "ResilienceLevelChanged",
                                         "ScheduleUpdated",
                                         "SchedulePublished"};
    EXPECT_EQ(types, expected);
}

TEST(Story, IsTheSameForTheSameSeed) {
    const auto programme = make_programme(7, 2025);
    const auto first = events_of(programme, 5, 200);
    const auto second = events_of(programme, 5, 200);
    for (std::size_t i = 0; i < first.size(); ++i)
        ASSERT_EQ(events::to_json(first[i]), events::to_json(second[i]));
}

TEST(Story, KeepsASwapInOrderBetweenTheSameTwoPeople) {
    const auto programme = make_programme(7, 2025);
    // By swap: the type of its last event, and the request.
    std::map<std::string, std::pair<std::string, events::SwapRequested>> swaps;
    int executed = 0;
    for (const auto& envelope : events_of(programme, 1, 2'000)) {
        const auto& type = envelope.metadata.event_type;
        if (const auto* asked = std::get_if<events::SwapRequested>(&envelope.event)) {
            EXPECT_NE(asked->requester_id, asked->target_person_id);
            EXPECT_TRUE(swaps.try_emplace(asked->swap_id, type, *asked).second);
        } else if (const auto* approved = std::get_if<events::SwapApproved>(&envelope.event)) {
            auto& [last, request] = swaps.at(approved->swap_id);
            EXPECT_EQ(last, "SwapRequested");
            EXPECT_EQ(approved->requester_id, request.requester_id);
            EXPECT_EQ(approved->target_person_id, request.target_person_id);
            last = type;
        } else if (const auto* done = std::get_if<events::SwapExecuted>(&envelope.event)) {
            auto& [last, request] = swaps.at(done->swap_id);
            EXPECT_EQ(last, "SwapApproved");
            ASSERT_EQ(done->assignment_changes.size(), 2u);
            EXPECT_EQ(done->assignment_changes[0].at("person_id").as_string(),
                      std::string_view(*request.target_person_id));
            last = type;
            ++executed;
        }
    }
    EXPECT_GT(executed, 50);
}

TEST(Story, ReportsAbsencesOnlyOnDaysWithDuties) {
    const auto programme = make_programme(7, 2025);
    for (const auto& envelope : events_of(programme, 1, 1'000))
        if (const auto* absence = std::get_if<events::AbsenceCreated>(&envelope.event)) {
            EXPECT_FALSE(absence->overlapping_blocks.empty());
            EXPECT_LT(absence->start_date, absence->end_date);
        }
}

TEST(Story, StaysWithinTheYearOnItsLastDay) {
    const auto programme = make_programme(7, 2025);
    Story story(programme, 1, planned_days - 1);
    std::set<std::string> blocks;
    for (const auto& block : programme.blocks) blocks.insert(to_string(block.id));
    for (int i = 0; i < 500; ++i) {
        const auto envelope = story.next();
        if (const auto* changed = std::get_if<events::AssignmentUpdated>(&envelope.event)) {
            EXPECT_TRUE(blocks.contains(changed->block_id.value_or("")));
        }
    }
}

}  // namespace
}  // namespace rotacast::demo
