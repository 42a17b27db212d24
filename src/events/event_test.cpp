#include "events/event.hpp"

#include "reflect/json_schema.hpp"

#include <gtest/gtest.h>

namespace rotacast::events {
namespace {

json::value parse(std::string_view text) {
    return reflect::parse_json(text).value();
}

Error refusal_of(std::string_view text, const std::string& path = "") {
    const auto decoded = decode_envelope(parse(text), path);
    return decoded ? Error{ErrorCode::internal, "accepted", "accepted"} : decoded.error();
}

// Wire specification §10, with our format of timestamps.
constexpr std::string_view golden =
    R"({"aggregate_id":"s1","aggregate_type":"Schedule","metadata":{)"
    R"("event_id":"23f589cc-1cea-4439-8cd9-0ec9f82fbf92","event_type":"ScheduleCreated",)"
    R"("event_version":1,"timestamp":"2026-11-23T06:27:30.590Z","correlation_id":null,)"
    R"("causation_id":null,"user_id":null,"ip_address":null,"user_agent":null,"session_id":null},)"
    R"("schedule_id":"s1","start_date":"2025-01-01T00:00:00.000Z",)"
    R"("end_date":"2025-12-31T01:02:03.000Z","created_by":"u","algorithm_version":null,)"
    R"("constraint_set":null,"academic_year_id":null,"affected_blocks_count":null,"message":null})";

TEST(Envelope, KeepsTheOriginalsKeyOrderThroughARoundTrip) {
    const auto decoded = decode_envelope(parse(golden), "");
    ASSERT_TRUE(decoded) << decoded.error().message << decoded.error().path;
    EXPECT_TRUE(decoded->ignored.empty());
    EXPECT_EQ(to_json(decoded->envelope), golden);
    EXPECT_EQ(to_json(restore_envelope(parse(golden)).value()), golden);
}

TEST(Envelope, AcceptsTheShortForm) {
    const auto decoded = decode_envelope(
        parse(R"({"event_type":"ScheduleDeleted","scheduleId":"s1","deleted_by":"u"})"), "");
    ASSERT_TRUE(decoded) << decoded.error().path;
    EXPECT_EQ(decoded->envelope.aggregate_id, "s1");
    EXPECT_EQ(decoded->envelope.aggregate_type, "Schedule");
    EXPECT_EQ(decoded->envelope.metadata.event_type, "ScheduleDeleted");
    EXPECT_FALSE(decoded->envelope.metadata.event_id);
}

TEST(Envelope, NamesIgnoredKeysByTheirPath) {
    const auto decoded = decode_envelope(
        parse(
            R"({"event_type":"ScheduleDeleted","schedule_id":"s","deleted_by":"u","a/b":1,"metadata":{"x":2}})"),
        "/3");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->ignored, (std::vector<std::string>{"/3/metadata/x", "/3/a~1b"}));
}

TEST(Envelope, ReadsTheExpectedVersion) {
    const auto decoded = [](const std::string& member) {
        return decode_envelope(
            parse(R"({"event_type":"ScheduleDeleted","schedule_id":"s","deleted_by":"u")" + member +
                  '}'),
            "/3");
    };
    EXPECT_FALSE(decoded("")->expected_version);
    const auto none_yet = decoded(R"(,"expected_version":null)");
    ASSERT_TRUE(none_yet && none_yet->expected_version);
    EXPECT_FALSE(none_yet->expected_version->last);
    const auto named = decoded(R"(,"expectedVersion":"e.7")");
    ASSERT_TRUE(named && named->expected_version && named->expected_version->last);
    EXPECT_EQ(to_string(*named->expected_version->last), "e.7");
    EXPECT_TRUE(named->ignored.empty());
    const auto garbled = decoded(R"(,"expected_version":"seven")");
    EXPECT_EQ(garbled.error().code, ErrorCode::cursor_invalid);
    EXPECT_EQ(garbled.error().path, "/3/expected_version");
    EXPECT_EQ(decoded(R"(,"expected_version":7)").error().path, "/3/expected_version");
}

TEST(Envelope, ReportsThePathOfAnError) {
    EXPECT_EQ(refusal_of("[]").code, ErrorCode::invalid_field);
    EXPECT_EQ(refusal_of("{}").path, "/event_type");
    EXPECT_EQ(refusal_of(R"({"event_type":"ScheduleDeleted","schedule_id":"s"})", "/3").path,
              "/3/deleted_by");
    const auto wrong =
        refusal_of(R"({"event_type":"ScheduleDeleted","schedule_id":7,"deleted_by":"u"})");
    EXPECT_EQ(wrong.code, ErrorCode::invalid_field);
    EXPECT_EQ(wrong.path, "/schedule_id");
    EXPECT_EQ(refusal_of(R"({"metadata":{"event_type":"ScheduleDeleted","event_version":0},)"
                         R"("schedule_id":"s","deleted_by":"u"})")
                  .path,
              "/metadata/event_version");
}

std::vector<std::string> paths_of(const Error& error) {
    std::vector<std::string> paths{error.path};
    for (const auto& other : error.others) paths.push_back(other.path);
    return paths;
}

TEST(Envelope, ReportsAllErrorsInTheirOrder) {
    using Paths = std::vector<std::string>;
    EXPECT_EQ(paths_of(refusal_of(R"({"event_type":"SwapRequested","swap_id":1,)"
                                  R"("metadata":{"timestamp":"now","event_version":0},)"
                                  R"("expected_version":2})",
                                  "/3")),
              (Paths{"/3/metadata/timestamp",
                     "/3/expected_version",
                     "/3/swap_id",
                     "/3/requester_id",
                     "/3/requester_assignment_id",
                     "/3/swap_type",
                     "/3/metadata/event_version"}));
    // Without a type nothing is known of the other members.
    EXPECT_EQ(paths_of(refusal_of(R"({"aggregate_id":7,"schedule_id":7})")),
              (Paths{"/aggregate_id", "/event_type"}));
    // One mistake is one error.
    EXPECT_EQ(paths_of(refusal_of(R"({"event_type":7})")), (Paths{"/event_type"}));
    EXPECT_EQ(paths_of(refusal_of(R"({"metadata":{"event_type":7}})")),
              (Paths{"/metadata/event_type"}));
    EXPECT_EQ(paths_of(decode_broadcast(
                           "conflict_detected",
                           parse(R"({"event_type":7,"timestamp":7,"person_id":7,"severity":7})"))
                           .error()),
              (Paths{"/event_type", "/timestamp", "/person_id", "/conflict_type", "/severity"}));
}

TEST(Envelope, IsOfOneTypeAndOfThatTypesAggregate) {
    const std::string members = R"("schedule_id":"s","deleted_by":"u")";
    const auto paths = [&](const std::string& head) {
        const auto decoded = decode_envelope(parse('{' + head + ',' + members + '}'), "/1");
        return decoded ? std::vector<std::string>{"accepted"} : paths_of(decoded.error());
    };
    using Paths = std::vector<std::string>;
    const std::string metadata = R"("metadata":{"event_type":"ScheduleDeleted"})";
    EXPECT_EQ(paths(metadata + R"(,"event_type":"ScheduleDeleted","aggregate_type":"Schedule")"),
              Paths{"accepted"});
    EXPECT_EQ(paths(metadata + R"(,"event_type":"ScheduleArchived")"), Paths{"/1/event_type"});
    EXPECT_EQ(paths(metadata + R"(,"aggregate_type":"Person")"), Paths{"/1/aggregate_type"});
    EXPECT_EQ(paths(metadata + R"(,"aggregate_type":7,"event_type":7)"),
              (Paths{"/1/aggregate_type", "/1/event_type"}));
}

TEST(Envelope, BoundsTheErrorsThatItReports) {
    auto event = parse(R"({"event_type":"AbsenceCreated","overlapping_blocks":[]})");
    auto& blocks = event.get_object()["overlapping_blocks"];
    blocks.get_array().resize(100'000);
    const auto refused = decode_envelope(event, "");
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().others.size() + 1, errors_reported_max);
    for (const auto& other : refused.error().others) EXPECT_TRUE(other.others.empty());
}

TEST(Envelope, NamesTheNearestKnownType) {
    const auto error = refusal_of(R"({"event_type":"ScheduelDeleted"})");
    EXPECT_EQ(error.code, ErrorCode::unknown_event_type);
    EXPECT_EQ(error.path, "/event_type");
    EXPECT_NE(error.message.find("`ScheduleDeleted`"), std::string::npos);
    EXPECT_EQ(refusal_of(R"({"event_type":"pong"})").code, ErrorCode::unknown_event_type);
}

TEST(Broadcast, ReadsOwnMembersAndATimestamp) {
    const auto decoded = decode_broadcast(
        "schedule_updated",
        parse(
            R"({"event_type":"schedule_updated","timestamp":"2025-01-02T03:04:05","update_type":"generated"})"));
    ASSERT_TRUE(decoded) << decoded.error().path;
    EXPECT_EQ(rotacast::to_string(*decoded->envelope.metadata.timestamp),
              "2025-01-02T03:04:05.000Z");
    EXPECT_EQ(decoded->envelope.aggregate_type, "Broadcast");
}

TEST(Broadcast, RejectsAnotherTypeAndBadIdentifiers) {
    EXPECT_EQ(decode_broadcast("pong", parse("{}")).error().code, ErrorCode::unknown_event_type);
    EXPECT_EQ(decode_broadcast("schedule_updated",
                               parse(R"({"event_type":"swap_requested","update_type":"x"})"))
                  .error()
                  .path,
              "/event_type");
    EXPECT_EQ(
        decode_broadcast("schedule_updated", parse(R"({"schedule_id":"s1","update_type":"x"})"))
            .error()
            .path,
        "/schedule_id");
}

// Wire specification §3.2 and §1.6. Types of our own may be added.
TEST(Catalogue, HoldsEveryTypeOfTheOriginal) {
    for (const auto* type : {"ScheduleCreated",
                             "ScheduleUpdated",
                             "ScheduleDeleted",
                             "SchedulePublished",
                             "ScheduleArchived",
                             "AssignmentCreated",
                             "AssignmentUpdated",
                             "AssignmentDeleted",
                             "AssignmentConfirmed",
                             "SwapRequested",
                             "SwapApproved",
                             "SwapRejected",
                             "SwapExecuted",
                             "SwapCancelled",
                             "SwapRolledBack",
                             "AbsenceCreated",
                             "AbsenceUpdated",
                             "AbsenceApproved",
                             "AbsenceRejected",
                             "AbsenceDeleted",
                             "ACGMEViolationDetected",
                             "ACGMEOverrideApplied",
                             "ACGMEComplianceRestored",
                             "PersonCreated",
                             "PersonUpdated",
                             "PersonActivated",
                             "PersonDeactivated",
                             "ResilienceLevelChanged",
                             "ContingencyActivated",
                             "LoadShedInitiated",
                             "SnapshotCreated",
                             "MigrationStarted",
                             "MigrationCompleted"}) {
        ASSERT_NE(find_type(type), nullptr) << type;
        EXPECT_EQ(find_type(type)->kind, Kind::domain) << type;
    }
    for (const auto* type : {"schedule_updated",
                             "assignment_changed",
                             "swap_requested",
                             "swap_approved",
                             "conflict_detected",
                             "resilience_alert",
                             "solver_solution",
                             "solver_complete"}) {
        ASSERT_NE(find_type(type), nullptr) << type;
        EXPECT_EQ(find_type(type)->kind, Kind::broadcast) << type;
    }
}

TEST(Catalogue, ExplainsEveryType) {
    for (const auto& type : all_types()) EXPECT_FALSE(type.text.empty()) << type.type;
}

TEST(Catalogue, EveryTypeSurvivesARoundTripOfItsDefaults) {
    boost::mp11::mp_for_each<AllEvents>([]<class E>(E) {
        auto envelope = wrap(E{});
        envelope.metadata.event_id = Uuid::random();
        envelope.metadata.timestamp = Timestamp{};
        const auto whole = to_json(envelope);
        for (const auto& text : {whole, to_stored_json(envelope)}) {
            const auto restored = restore_envelope(parse(text));
            ASSERT_TRUE(restored) << E::type << restored.error().path << restored.error().message;
            EXPECT_EQ(to_json(*restored), whole);
        }
    });
}

TEST(Envelope, IsStoredWithoutNulls) {
    const auto envelope = restore_envelope(parse(golden)).value();
    EXPECT_EQ(to_stored_json(envelope),
              R"({"aggregate_id":"s1","aggregate_type":"Schedule","metadata":{)"
              R"("event_id":"23f589cc-1cea-4439-8cd9-0ec9f82fbf92","event_type":"ScheduleCreated",)"
              R"("event_version":1,"timestamp":"2026-11-23T06:27:30.590Z"},"schedule_id":"s1",)"
              R"("start_date":"2025-01-01T00:00:00.000Z","end_date":"2025-12-31T01:02:03.000Z",)"
              R"("created_by":"u"})");
}

TEST(Envelope, KeepsNullsInsideFreeFormJsonWhenStored) {
    auto envelope = wrap(ScheduleUpdated{});
    std::get<ScheduleUpdated>(envelope.event).changes = {{"weeks", nullptr}};
    const auto restored = restore_envelope(parse(to_stored_json(envelope))).value();
    EXPECT_EQ(to_json(restored), to_json(envelope));
    EXPECT_NE(to_json(restored).find(R"("weeks":null)"), std::string::npos);
}

TEST(JsonSchema, NamesRequiredMembersAndTypes) {
    const auto schema = reflect::SchemaOf<client::ScheduleUpdated>::get();
    EXPECT_EQ(reflect::to_json_text(schema.at("required")), R"(["update_type"])");
    EXPECT_EQ(reflect::to_json_text(schema.at("properties").at("schedule_id").at("type")),
              R"(["string","null"])");
}

}  // namespace
}  // namespace rotacast::events
