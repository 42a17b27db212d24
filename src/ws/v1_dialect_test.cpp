#include "ws/v1_dialect.hpp"

#include <gtest/gtest.h>

#include <vector>

// The messages that docs/protocol.md shows, byte for byte.

namespace rotacast::ws::v1 {
namespace {

using namespace std::chrono_literals;
namespace client = events::client;

const Uuid a = *Uuid::parse("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
const Uuid b = *Uuid::parse("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb");
const Uuid e = *Uuid::parse("eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee");
const Timestamp at = *parse_timestamp("2026-11-23T16:54:00.000Z");
const Timestamp later = *parse_timestamp("2026-11-23T17:09:00.000Z");
const Answer to_r1{R"("r1")", at};
const Answer to_nobody{"", at};

std::string text_of(events::ClientEvent event) {
    hub::Publication publication;
    publication.cursor = "k3.1208";
    publication.event_id = e;
    publication.timestamp = at;
    publication.event = std::move(event);
    std::string out = "before";
    append_event(out, publication);
    return out.substr(6);
}

TEST(V1Dialect, AppendsEventIdAndCursorToTheClassicMembers) {
    EXPECT_EQ(
        text_of(client::ScheduleUpdated{a, {}, {}, "generated", 5, "Ü \"}\""}),
        R"({"event_type":"schedule_updated","timestamp":"2026-11-23T16:54:00.000Z","schedule_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","academic_year_id":null,"user_id":null,"update_type":"generated","affected_blocks_count":5,"message":"Ü \"}\"","event_id":"eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee","cursor":"k3.1208"})");
    EXPECT_EQ(
        text_of(client::SwapApproved{a, b, e, a, {}, "", "absorb", "approved"}),
        R"({"event_type":"swap_approved","timestamp":"2026-11-23T16:54:00.000Z","swap_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","requester_id":"bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb","target_person_id":"eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee","approved_by":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","affected_assignments":[],"message":"","event_id":"eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee","cursor":"k3.1208"})");
    EXPECT_EQ(
        text_of(client::SolverComplete{"t", "optimal", 1, 2, 3.0, ""}),
        R"({"event_type":"solver_complete","timestamp":"2026-11-23T16:54:00.000Z","task_id":"t","status":"optimal","total_solutions":1,"final_assignment_count":2,"total_elapsed_seconds":3.0,"message":"","event_id":"eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee","cursor":"k3.1208"})");
}

TEST(V1Dialect, Greets) {
    EXPECT_EQ(
        connection_ack({a, b, later, 20s, 65'536, 256}, at),
        R"({"event_type":"connection_ack","timestamp":"2026-11-23T16:54:00.000Z","user_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","message":"Connection established","connection_id":"bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb","token_expires_at":"2026-11-23T17:09:00.000Z","ping_interval_ms":20000,"message_bytes_max":65536,"subscriptions_max":256})");
}

TEST(V1Dialect, AnswersWithAndWithoutAnId) {
    EXPECT_EQ(
        ack(to_r1, "k3.7"),
        R"({"event_type":"ack","timestamp":"2026-11-23T16:54:00.000Z","id":"r1","cursor":"k3.7"})");
    EXPECT_EQ(
        ack({"7", at}, "k3.7"),
        R"({"event_type":"ack","timestamp":"2026-11-23T16:54:00.000Z","id":7,"cursor":"k3.7"})");
    EXPECT_EQ(ack(to_nobody, "k3.7"),
              R"({"event_type":"ack","timestamp":"2026-11-23T16:54:00.000Z","cursor":"k3.7"})");
    EXPECT_EQ(pong(to_r1),
              R"({"event_type":"pong","timestamp":"2026-11-23T16:54:00.000Z","id":"r1"})");
    EXPECT_EQ(pong(to_nobody), R"({"event_type":"pong","timestamp":"2026-11-23T16:54:00.000Z"})");
}

TEST(V1Dialect, AcknowledgesWithTheRequestedData) {
    EXPECT_EQ(
        ack_with_token(to_r1, "k3.7", later),
        R"({"event_type":"ack","timestamp":"2026-11-23T16:54:00.000Z","id":"r1","cursor":"k3.7","token_expires_at":"2026-11-23T17:09:00.000Z"})");
    const std::vector<std::string> latest{R"({"event_type":"x"})", R"({"event_type":"y"})"};
    EXPECT_EQ(
        ack_with_latest(to_r1, "k3.7", latest, "k3.2"),
        R"({"event_type":"ack","timestamp":"2026-11-23T16:54:00.000Z","id":"r1","cursor":"k3.7","latest":[{"event_type":"x"},{"event_type":"y"}],"latest_from":"k3.2"})");
    EXPECT_EQ(
        ack_with_latest(to_nobody, "k3.7", {}, "k3.2"),
        R"({"event_type":"ack","timestamp":"2026-11-23T16:54:00.000Z","cursor":"k3.7","latest":[],"latest_from":"k3.2"})");
    EXPECT_EQ(
        ack_with_roster(to_r1, "k3.7", "[]"),
        R"({"event_type":"ack","timestamp":"2026-11-23T16:54:00.000Z","id":"r1","cursor":"k3.7","roster":[]})");
}

TEST(V1Dialect, ReportsErrorsWithNumberNameMessageAndPath) {
    EXPECT_EQ(
        error(to_r1, {ErrorCode::forbidden, "No.", "/persons/1"}),
        R"({"event_type":"error","timestamp":"2026-11-23T16:54:00.000Z","id":"r1","code":1300,"name":"forbidden","message":"No.","path":"/persons/1"})");
    EXPECT_EQ(
        error(to_nobody, {ErrorCode::unknown_action, "", "/action"}),
        R"({"event_type":"error","timestamp":"2026-11-23T16:54:00.000Z","code":1009,"name":"unknown_action","message":"Use an action of docs/protocol.md.","path":"/action"})");
}

TEST(V1Dialect, ReportsTheResultOfAResume) {
    EXPECT_EQ(
        resumed(to_r1, std::nullopt, 3, "k3.9"),
        R"({"event_type":"resumed","timestamp":"2026-11-23T16:54:00.000Z","id":"r1","recovered":true,"reason":null,"replayed":3,"cursor":"k3.9"})");
    EXPECT_EQ(
        resumed(to_nobody, GapReason::trimmed, 0, "k3.9"),
        R"({"event_type":"resumed","timestamp":"2026-11-23T16:54:00.000Z","recovered":false,"reason":"trimmed","replayed":0,"cursor":"k3.9"})");
}

TEST(V1Dialect, ReportsGapsWithEveryReasonOfTheDocument) {
    EXPECT_EQ(
        gap("k3.2", "k3.9", GapReason::slow_consumer, at),
        R"({"event_type":"gap","timestamp":"2026-11-23T16:54:00.000Z","from":"k3.2","to":"k3.9","reason":"slow_consumer","cursor":"k3.9"})");
    EXPECT_TRUE(gap("k3.2", "k3.9", GapReason::superseded, at).ends_with(R"("cursor":"k3.2"})"))
        << "events of the range still come";
    const std::pair<GapReason, std::string_view> reasons[] = {
        {GapReason::epoch_changed, "epoch_changed"},
        {GapReason::trimmed, "trimmed"},
        {GapReason::too_far, "too_far"},
        {GapReason::cursor_unknown, "cursor_unknown"},
        {GapReason::unavailable, "unavailable"},
        {GapReason::slow_consumer, "slow_consumer"},
        {GapReason::superseded, "superseded"},
    };
    for (const auto& [reason, name] : reasons) EXPECT_EQ(to_string(reason), name);
}

TEST(V1Dialect, SendsNotices) {
    EXPECT_EQ(
        token_expiring(later, at),
        R"({"event_type":"token_expiring","timestamp":"2026-11-23T16:54:00.000Z","token_expires_at":"2026-11-23T17:09:00.000Z"})");
    EXPECT_EQ(
        server_draining(1500ms, at),
        R"({"event_type":"server_draining","timestamp":"2026-11-23T16:54:00.000Z","reconnect_after_ms":1500})");
}

TEST(V1Dialect, ReportsPresence) {
    const presence::Presence somebody{a, presence::PresenceStatus::away, later, R"(/"swaps")"};
    const presence::Presence gone{b, presence::PresenceStatus::offline, at, std::nullopt};
    EXPECT_EQ(
        presence(somebody, at),
        R"({"event_type":"presence","timestamp":"2026-11-23T16:54:00.000Z","user_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","status":"away","last_seen":"2026-11-23T17:09:00.000Z","active_page":"/\"swaps\""})");
    EXPECT_EQ(
        roster(std::vector{somebody, gone}),
        R"([{"user_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","status":"away","last_seen":"2026-11-23T17:09:00.000Z","active_page":"/\"swaps\""},{"user_id":"bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb","status":"offline","last_seen":"2026-11-23T16:54:00.000Z","active_page":null}])");
    EXPECT_EQ(roster({}), "[]");
}

}  // namespace
}  // namespace rotacast::ws::v1
