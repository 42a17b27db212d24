#include "demo/programme.hpp"

#include "reflect/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace rotacast::demo {
namespace {

using namespace std::chrono_literals;

std::size_t count(const Programme& programme, auth::Role role) {
    return static_cast<std::size_t>(
        std::count_if(programme.people.begin(), programme.people.end(), [&](const auto& person) {
            return person.role == role;
        }));
}

TEST(Programme, HasThePeopleOfAProgramme) {
    const auto programme = make_programme(7, 2025);
    EXPECT_EQ(count(programme, auth::Role::resident), 24u);
    EXPECT_EQ(count(programme, auth::Role::faculty), 10u);
    EXPECT_EQ(count(programme, auth::Role::coordinator), 2u);
    EXPECT_EQ(count(programme, auth::Role::admin), 1u);
    for (const auto& person : programme.people) {
        const bool in_schedule =
            person.role == auth::Role::resident || person.role == auth::Role::faculty;
        EXPECT_EQ(person.person_id.has_value(), in_schedule) << person.name;
        EXPECT_EQ(person.resident_year >= 1 && person.resident_year <= 3,
                  person.role == auth::Role::resident)
            << person.name;
    }
}

TEST(Programme, CoversTheYearInHalfDays) {
    const auto programme = make_programme(7, 2025);
    using namespace std::chrono;
    ASSERT_EQ(programme.blocks.size(), 730u);
    EXPECT_EQ(programme.blocks.front().date, sys_days(year(2025) / July / 1));
    EXPECT_EQ(programme.blocks.back().date, sys_days(year(2026) / June / 30));
    EXPECT_FALSE(programme.blocks.front().afternoon);
    EXPECT_TRUE(programme.blocks.back().afternoon);
    ASSERT_EQ(programme.duties.size(), 365u);
    for (std::size_t day = 0; day < 365; ++day) EXPECT_EQ(programme.duties[day].block / 2, day);
}

TEST(Programme, UsesNoIdentifierTwice) {
    const auto programme = make_programme(7, 2025);
    std::set<Uuid> ids{programme.schedule_id, programme.academic_year_id};
    std::set<std::string> names;
    std::size_t given = 2;
    const auto take = [&](const Uuid& id) {
        ids.insert(id);
        ++given;
    };
    for (const auto& person : programme.people) {
        take(person.user_id);
        if (person.person_id) take(*person.person_id);
        names.insert(person.username);
    }
    for (const auto& rotation : programme.rotations) take(rotation.id);
    for (const auto& block : programme.blocks) take(block.id);
    for (const auto& duty : programme.duties) take(duty.assignment_id);
    EXPECT_EQ(ids.size(), given);
    EXPECT_EQ(names.size(), programme.people.size());
}

TEST(Programme, DependsOnlyOnItsSeed) {
    EXPECT_EQ(to_json(make_programme(7, 2025)), to_json(make_programme(7, 2025)));
    EXPECT_NE(make_programme(7, 2025).schedule_id, make_programme(8, 2025).schedule_id);
}

TEST(Programme, KeepsItsPeopleOverTheYears) {
    const auto first = make_programme(7, 2025);
    const auto second = make_programme(7, 2026);
    EXPECT_EQ(first.people.front().user_id, second.people.front().user_id);
    EXPECT_EQ(first.people.front().person_id, second.people.front().person_id);
    EXPECT_NE(first.schedule_id, second.schedule_id);
    EXPECT_NE(first.blocks.front().id, second.blocks.front().id);
}

TEST(Programme, BeginsItsYearInJuly) {
    EXPECT_EQ(academic_year_of(*parse_timestamp("2026-06-30T23:59:59Z")), 2025);
    EXPECT_EQ(academic_year_of(*parse_timestamp("2026-07-01T00:00:00Z")), 2026);
}

TEST(Programme, ClampsEveryTimeToItsYear) {
    const auto programme = make_programme(7, 2025);
    EXPECT_EQ(programme.day_of(*parse_timestamp("2024-01-01")), 0u);
    EXPECT_EQ(programme.day_of(*parse_timestamp("2025-07-02T12:00:00Z")), 1u);
    EXPECT_EQ(programme.day_of(*parse_timestamp("2030-01-01")), 364u);
}

TEST(Programme, SendsThePageOnlyNamesAndIdentifiers) {
    const auto programme = make_programme(7, 2025);
    const auto value = reflect::parse_json(to_json(programme));
    ASSERT_TRUE(value);
    const auto& object = value->as_object();
    EXPECT_EQ(object.at("schedule").at("name").as_string(), "Academic year 2025/26");
    EXPECT_EQ(object.at("people").as_array().size(), 37u);
    EXPECT_EQ(object.at("people").at(0).at("role").as_string(), "resident");
    EXPECT_EQ(object.at("people").at(36).at("person_id"), nullptr);
    EXPECT_EQ(object.at("rotations").as_array().size(), 10u);
    EXPECT_EQ(object.at("blocks").at("first_date").as_string(), "2025-07-01");
    EXPECT_EQ(object.at("blocks").at("ids").as_array().size(), 730u);
}

}  // namespace
}  // namespace rotacast::demo
