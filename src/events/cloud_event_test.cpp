#include "events/cloud_event.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rotacast::events {
namespace {

constexpr std::string_view trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr std::string_view deleted = R"({"schedule_id":"s1","deleted_by":"u"})";

json::value parse(std::string_view text) {
    return reflect::parse_json(text).value();
}

/// A CloudEvent with these members instead of its own.
json::value with(std::string_view members) {
    auto event =
        parse(R"({"specversion":"1.0","id":"A-1","source":"/clinic","type":"ScheduleDeleted"})");
    event.get_object()["data"] = parse(deleted);
    const auto changed = parse(members);
    for (const auto& [key, value] : changed.get_object()) event.get_object()[key] = value;
    return event;
}

std::set<std::string> paths_of(const Result<Decoded>& decoded) {
    if (decoded) return {"accepted"};
    std::set<std::string> paths{decoded.error().path};
    for (const auto& other : decoded.error().others) paths.insert(other.path);
    return paths;
}

TEST(CloudEvent, BecomesAnEvent) {
    auto members = parse(R"({"time":"2026-11-23T06:27:30.5Z","subject":"Schedule/s7"})");
    members.get_object()["traceparent"] = trace;
    members.get_object()["tracestate"] = "a=b";
    const auto decoded = decode_cloud_event(with(reflect::to_json_text(members)), "");
    ASSERT_TRUE(decoded) << decoded.error().path << decoded.error().message;
    EXPECT_TRUE(decoded->ignored.empty());
    const auto& envelope = decoded->envelope;
    EXPECT_EQ(std::get<ScheduleDeleted>(envelope.event).schedule_id, "s1");
    EXPECT_EQ(envelope.aggregate_type, "Schedule");
    EXPECT_EQ(envelope.aggregate_id, "s7");
    EXPECT_EQ(rotacast::to_string(envelope.metadata.timestamp.value()), "2026-11-23T06:27:30.500Z");
    EXPECT_EQ(envelope.provenance->source, "/clinic");
    EXPECT_EQ(envelope.provenance->traceparent, trace);
    EXPECT_EQ(envelope.provenance->tracestate, "a=b");
}

// Computed with uuid5 of Python's standard library.
TEST(CloudEvent, IsNamedByItsSourceAndId) {
    const auto id_of = [](std::string_view members) {
        return *decode_cloud_event(with(members), "").value().envelope.metadata.event_id;
    };
    EXPECT_EQ(to_string(id_of("{}")), "72af8de4-2053-5e8c-9f0e-c18c0b59d124");
    EXPECT_NE(id_of(R"({"source":"/ward"})"), id_of("{}"));
    EXPECT_NE(id_of(R"({"source":"/clinicA","id":"-1"})"), id_of("{}"));
    EXPECT_EQ(to_string(id_of(R"({"id":"23F589CC-1cea-4439-8cd9-0ec9f82fbf92"})")),
              "23f589cc-1cea-4439-8cd9-0ec9f82fbf92");
}

TEST(CloudEvent, MayCarryAWholeEnvelope) {
    const auto published = decode_envelope(
        parse(R"({"event_type":"ScheduleDeleted","schedule_id":"s1","deleted_by":"u",)"
              R"("metadata":{"event_id":"23f589cc-1cea-4439-8cd9-0ec9f82fbf92","user_id":"u",)"
              R"("timestamp":"2026-11-23T06:27:30.590Z"}})"),
        "");
    ASSERT_TRUE(published);
    json::object sent{{"specversion", "1.0"},
                      {"id", "23f589cc-1cea-4439-8cd9-0ec9f82fbf92"},
                      {"source", "/rotacast"},
                      {"type", "ScheduleDeleted"},
                      {"time", "2026-11-23T06:27:30.590Z"},
                      {"subject", "Schedule/s1"},
                      {"cursor", "abc.7"},
                      {"datacontenttype", "application/json"},
                      {"data", parse(to_json(published->envelope))}};
    const auto received = decode_cloud_event(sent, "");
    ASSERT_TRUE(received) << received.error().path;
    EXPECT_TRUE(received->ignored.empty());
    EXPECT_EQ(to_json(received->envelope), to_json(published->envelope));
}

TEST(CloudEvent, SubjectsKeepWhatIsNotTheirAggregatesType) {
    const auto subject = [](std::string_view text) {
        const auto members = json::object{{"subject", text}};
        return decode_cloud_event(with(reflect::to_json_text(members)), "")
            .value()
            .envelope.aggregate_id;
    };
    EXPECT_EQ(subject("s7"), "s7");
    EXPECT_EQ(subject("Schedule/a/b"), "a/b");
    EXPECT_EQ(subject("Schedule/"), "Schedule/");
    EXPECT_EQ(subject("Ward/1"), "Ward/1");
    EXPECT_EQ(decode_cloud_event(with("{}"), "").value().envelope.aggregate_id, "s1");
}

TEST(CloudEvent, ReportsExtensionsThatItDoesNotKeep) {
    const auto decoded = decode_cloud_event(with(R"({"priority":7,"dataschema":"/s"})"), "/2");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->ignored, std::vector<std::string>{"/2/priority"});
}

TEST(CloudEvent, AMalformedTraceIsNoReasonToRefuseIt) {
    const auto decoded =
        decode_cloud_event(with(R"({"traceparent":"00-00","tracestate":"a=b"})"), "");
    ASSERT_TRUE(decoded);
    EXPECT_FALSE(decoded->envelope.provenance->traceparent);
    EXPECT_FALSE(decoded->envelope.provenance->tracestate);
}

TEST(CloudEvent, NamesEveryError) {
    using Paths = std::set<std::string>;
    struct Row {
        json::value event;
        Paths paths;
    };
    const Row rows[] = {
        {parse("[]"), {"/3"}},
        {parse("{}"), {"/3/specversion", "/3/id", "/3/source", "/3/type", "/3/data"}},
        {with(R"({"specversion":"0.3"})"), {"/3/specversion"}},
        {with(R"({"specversion":1.0})"), {"/3/specversion"}},
        {with(R"({"id":"","source":"","subject":""})"), {"/3/id", "/3/source", "/3/subject"}},
        {with(R"({"type":""})"), {"/3/type"}},
        {with(R"({"type":null})"), {"/3/type"}},
        {with(R"({"type":"com.example.deleted"})"), {"/3/type"}},
        {with(R"({"type":"schedule_updated"})"), {"/3/type"}},
        {with(R"({"time":"now"})"), {"/3/time"}},
        {with(R"({"time":"2026-11-30T10:00:00"})"), {"/3/time"}},
        {with(R"({"time":"2026-11-30"})"), {"/3/time"}},
        {with(R"({"time":"2026-11-30T12:00:00+02:00"})"), {"accepted"}},
        {with(R"({"time":"2026-11-30t10:00:00z"})"), {"accepted"}},
        {with(R"({"subject":"Swap/1"})"), {"/3/subject"}},
        {with(R"({"datacontenttype":"text/xml"})"), {"/3/datacontenttype"}},
        {with(R"({"data_base64":"e30="})"), {"/3/data_base64"}},
        {with(R"({"data":null})"), {"/3/data"}},
        {with(R"({"data":"{}"})"), {"/3/data"}},
        {with(R"({"id":7,"data":{"schedule_id":7}})"),
         {"/3/id", "/3/data/schedule_id", "/3/data/deleted_by"}},
        {with(R"({"data":{"event_type":"ScheduleCreated","schedule_id":"s","deleted_by":"u"}})"),
         {"/3/data/event_type"}},
        {with(R"({"data":{"metadata":{"event_type":"x"},"schedule_id":"s","deleted_by":"u"}})"),
         {"/3/data/metadata/event_type"}},
        {with(R"({"source":")" + std::string(cloud_event_source_bytes_max + 1, 'a') + R"("})"),
         {"/3/source"}},
        {with(R"({"subject":")" + std::string(257, 'a') + R"("})"), {"/3/subject"}},
    };
    for (const auto& row : rows)
        EXPECT_EQ(paths_of(decode_cloud_event(row.event, "/3")), row.paths)
            << reflect::to_json_text(row.event);
    for (const char* good : {"application/json; charset=utf-8", "text/JSON", "application/x+json"})
        EXPECT_TRUE(decode_cloud_event(
            with(reflect::to_json_text(json::object{{"datacontenttype", good}})), ""))
            << good;
}

}  // namespace
}  // namespace rotacast::events
