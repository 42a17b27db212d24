#include "ws/dialect.hpp"

#include <gtest/gtest.h>

// The golden frames of wire specification §10, with our format of timestamps.

namespace rotacast::ws {
namespace {

namespace client = events::client;

const Uuid a = *Uuid::parse("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
const Uuid b = *Uuid::parse("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb");
const Uuid c = *Uuid::parse("cccccccc-cccc-4ccc-8ccc-cccccccccccc");
const Timestamp at = *parse_timestamp("2026-11-23T06:10:43.060Z");

std::string text_of(events::ClientEvent event, Naming naming = Naming::snake) {
    hub::Publication publication;
    publication.timestamp = at;
    publication.event = std::move(event);
    std::string out;
    append_classic(out, publication, naming);
    return out;
}

TEST(ClassicDialect, EncodesEventsLikeTheOriginal) {
    EXPECT_EQ(
        text_of(client::ScheduleUpdated{a, {}, {}, "generated", 5, "Ünïcode \"q\" </x>"}),
        R"({"event_type":"schedule_updated","timestamp":"2026-11-23T06:10:43.060Z","schedule_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","academic_year_id":null,"user_id":null,"update_type":"generated","affected_blocks_count":5,"message":"Ünïcode \"q\" </x>"})");
    EXPECT_EQ(
        text_of(client::AssignmentChanged{a, b, c, {}, "created", {}, ""}),
        R"({"event_type":"assignment_changed","timestamp":"2026-11-23T06:10:43.060Z","assignment_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","person_id":"bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb","block_id":"cccccccc-cccc-4ccc-8ccc-cccccccccccc","rotation_template_id":null,"change_type":"created","changed_by":null,"message":""})");
    EXPECT_EQ(
        text_of(client::SwapRequested{a, b, c, "one_to_one", {a, b}, "", "pending"}),
        R"({"event_type":"swap_requested","timestamp":"2026-11-23T06:10:43.060Z","swap_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","requester_id":"bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb","target_person_id":"cccccccc-cccc-4ccc-8ccc-cccccccccccc","swap_type":"one_to_one","affected_assignments":["aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"],"message":""})");
    EXPECT_EQ(
        text_of(client::SwapApproved{a, b, c, a, {}, "", "absorb", "approved"}),
        R"({"event_type":"swap_approved","timestamp":"2026-11-23T06:10:43.060Z","swap_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","requester_id":"bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb","target_person_id":"cccccccc-cccc-4ccc-8ccc-cccccccccccc","approved_by":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","affected_assignments":[],"message":""})");
    EXPECT_EQ(
        text_of(client::ConflictDetected{{}, b, "double_booking", "high", {c}, ""}),
        R"({"event_type":"conflict_detected","timestamp":"2026-11-23T06:10:43.060Z","conflict_id":null,"person_id":"bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb","conflict_type":"double_booking","severity":"high","affected_blocks":["cccccccc-cccc-4ccc-8ccc-cccccccccccc"],"message":""})");
    EXPECT_EQ(
        text_of(client::ResilienceAlert{"utilization_high", "red", 1.0, {}, {}, "m", {}}),
        R"({"event_type":"resilience_alert","timestamp":"2026-11-23T06:10:43.060Z","alert_type":"utilization_high","severity":"red","current_utilization":1.0,"defense_level":null,"affected_persons":[],"message":"m","recommendations":[]})");
}

TEST(ClassicDialect, EncodesKeysInCamelCaseIfRequested) {
    EXPECT_EQ(
        text_of(client::ScheduleUpdated{{}, {}, {}, "generated", 0, ""}, Naming::camel),
        R"({"eventType":"schedule_updated","timestamp":"2026-11-23T06:10:43.060Z","scheduleId":null,"academicYearId":null,"userId":null,"updateType":"generated","affectedBlocksCount":0,"message":""})");
    client::SolverSolution solution;
    solution.task_id = "t";
    solution.solution_num = 1;
    solution.solution_type = "progress";
    solution.objective_value = 1.0;
    solution.optimality_gap_pct = 2.5;
    solution.progress_pct = 97.5;
    solution.elapsed_seconds = 0.1;
    solution.is_optimal = false;
    EXPECT_EQ(
        text_of(solution, Naming::camel),
        R"({"eventType":"solver_solution","taskId":"t","solutionNum":1,"solutionType":"progress","objectiveValue":1.0,"optimalityGapPct":2.5,"progressPct":97.5,"elapsedSeconds":0.1,"isOptimal":false})");
    EXPECT_EQ(
        text_of(client::SolverComplete{"t", "optimal", 1, 2, 3.0, ""}, Naming::camel),
        R"({"eventType":"solver_complete","timestamp":"2026-11-23T06:10:43.060Z","taskId":"t","status":"optimal","totalSolutions":1,"finalAssignmentCount":2,"totalElapsedSeconds":3.0,"message":""})");
}

TEST(ClassicDialect, GreetsAndAnswersPings) {
    EXPECT_EQ(
        connection_ack(a, at, Naming::snake),
        R"({"event_type":"connection_ack","timestamp":"2026-11-23T06:10:43.060Z","user_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","message":"Connection established"})");
    EXPECT_EQ(pong(at, Naming::camel),
              R"({"eventType":"pong","timestamp":"2026-11-23T06:10:43.060Z"})");
}

}  // namespace
}  // namespace rotacast::ws
