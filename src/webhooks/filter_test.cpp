#include "webhooks/filter.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

events::Envelope envelope_of(const std::string& text) {
    return events::decode_envelope(reflect::parse_json(text).value(), "").value().envelope;
}

const auto archived = envelope_of(
    R"({"event_type":"ScheduleArchived","schedule_id":"s1","archived_by":"me","reason":"old"})");

json::object fields(const char* text) {
    return reflect::parse_json(text).value().as_object();
}

bool matches(const char* text, const events::Envelope& envelope = archived) {
    return Filter::make(std::nullopt, fields(text)).value().matches(envelope);
}

Error refusal(const Types& types, const char* text) {
    const auto made = Filter::make(types, fields(text));
    return made ? Error{} : made.error();
}

TEST(WebhookFilter, SelectsTypes) {
    EXPECT_TRUE(Filter::make(std::nullopt, {})->matches(archived));
    const Types wanted{{"ScheduleArchived", "ScheduleCreated", "ScheduleArchived"}};
    EXPECT_TRUE(Filter::make(wanted, {})->matches(archived));
    EXPECT_FALSE(Filter::make(Types{{"ScheduleCreated"}}, {})->matches(archived));
}

TEST(WebhookFilter, ComparesFieldsWithOneOrSeveralValues) {
    EXPECT_TRUE(matches(R"({"schedule_id":"s1"})"));
    EXPECT_TRUE(matches(R"({"schedule_id":["s0","s1"],"archived_by":"me"})"));
    EXPECT_FALSE(matches(R"({"schedule_id":["s0","s1"],"archived_by":"you"})"));
    EXPECT_FALSE(matches(R"({"schedule_id":null})"));
    EXPECT_TRUE(matches(R"({"aggregate_type":"Schedule","aggregate_id":"s1"})"));
    EXPECT_FALSE(matches(R"({"aggregate_id":"s2"})"));
}

TEST(WebhookFilter, AnEventWithoutTheFieldDoesNotMatch) {
    EXPECT_FALSE(matches(R"({"swap_id":"s1"})"));
    EXPECT_FALSE(matches(R"({"swap_id":null})"));
}

TEST(WebhookFilter, NumbersNullsAndListsAreComparedByValue) {
    const auto created = envelope_of(
        R"({"event_type":"ScheduleCreated","schedule_id":"s","start_date":"2025-01-01",)"
        R"("end_date":"2025-01-02","created_by":"me","affected_blocks_count":3})");
    EXPECT_TRUE(matches(R"({"affected_blocks_count":3})", created));
    EXPECT_TRUE(matches(R"({"affected_blocks_count":[4,3.0]})", created));
    EXPECT_FALSE(matches(R"({"affected_blocks_count":"3"})", created));
    EXPECT_TRUE(matches(R"({"message":null})", created));
    events::client::ConflictDetected conflict;
    conflict.affected_blocks = {Uuid{}, Uuid::derived(Uuid{}, 1)};
    const auto listed = events::wrap(conflict);
    EXPECT_TRUE(matches(R"({"affected_blocks":"00000000-0000-0000-0000-000000000000"})", listed));
    EXPECT_FALSE(matches(R"({"affected_blocks":"another"})", listed));
}

TEST(WebhookFilter, RefusesWithThePathOfTheFaultyMember) {
    EXPECT_EQ(refusal(Types{{"ScheduleCreated", "Schedule"}}, "{}").code,
              ErrorCode::unknown_event_type);
    EXPECT_EQ(refusal(Types{{"ScheduleCreated", "Schedule"}}, "{}").path, "/types/1");
    EXPECT_EQ(refusal(Types{std::vector<std::string>{}}, "{}").path, "/types");
    EXPECT_EQ(refusal(std::nullopt, R"({"shoe/size":44})").path, "/filter/shoe~1size");
    EXPECT_EQ(refusal(Types{{"ScheduleCreated"}}, R"({"swap_id":"s"})").path, "/filter/swap_id");
    EXPECT_EQ(refusal(std::nullopt, R"({"swap_id":[]})").path, "/filter/swap_id");
    EXPECT_EQ(refusal(std::nullopt, R"({"swap_id":{"is":"s"}})").path, "/filter/swap_id");
    EXPECT_EQ(refusal(std::nullopt, R"({"swap_id":[["s"]]})").path, "/filter/swap_id");
    json::object many;
    for (std::size_t i = 0; i <= Filter::fields_max; ++i) many[std::to_string(i)] = 1;
    EXPECT_EQ(Filter::make(std::nullopt, many).error().path, "/filter");
    const json::object wide{{"swap_id", json::array(Filter::values_max + 1)}};
    EXPECT_EQ(Filter::make(std::nullopt, wide).error().path, "/filter/swap_id");
}

}  // namespace
}  // namespace rotacast::webhooks
