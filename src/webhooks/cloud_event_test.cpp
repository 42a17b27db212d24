#include "webhooks/cloud_event.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

bus::Entry entry_about(const std::string& schedule) {
    auto envelope = events::wrap(events::ScheduleArchived{schedule, "somebody", "because"});
    envelope.metadata.event_id = Uuid{};
    envelope.metadata.timestamp = Timestamp(std::chrono::milliseconds(1'500));
    return {7, Timestamp(std::chrono::seconds(9)), "key:back", std::move(envelope)};
}

TEST(CloudEvent, StructuredTextHasAllAttributesAndTheEvent) {
    const auto entry = entry_about("s1");
    EXPECT_EQ(structured_text(cloud_event_of(entry, "abc", "/rotacast")),
              R"({"specversion":"1.0","id":"00000000-0000-0000-0000-000000000000",)"
              R"("source":"/rotacast","type":"ScheduleArchived","subject":"Schedule/s1",)"
              R"("time":"1970-01-01T00:00:01.500Z","cursor":"abc.7",)"
              R"("datacontenttype":"application/json","data":)" +
                  events::to_json(entry.envelope) + '}');
}

TEST(CloudEvent, ItsDataCanBePublishedAgain) {
    const auto entry = entry_about("s1");
    const auto event = cloud_event_of(entry, "abc", "/rotacast");
    const auto again = events::decode_envelope(reflect::parse_json(event.data).value(), "");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->ignored.empty());
    EXPECT_EQ(again->envelope.metadata.event_type, event.type);
    EXPECT_EQ(events::to_json(again->envelope), events::to_json(entry.envelope));
}

TEST(CloudEvent, HeadersHaveTheSameAttributesInPrintableAscii) {
    const Headers expected{{"ce-specversion", "1.0"},
                           {"ce-id", "00000000-0000-0000-0000-000000000000"},
                           {"ce-source", "/rotacast"},
                           {"ce-type", "ScheduleArchived"},
                           {"ce-subject", "Schedule/a%20b%22%25%C3%BC%0D%0A~!"},
                           {"ce-time", "1970-01-01T00:00:01.500Z"},
                           {"ce-cursor", "abc.7"}};
    EXPECT_EQ(
        binary_headers(cloud_event_of(entry_about("a b\"%\xc3\xbc\r\n~!"), "abc", "/rotacast")),
        expected);
}

TEST(CloudEvent, TheTimeOfStoringStandsInForAMissingOne) {
    auto entry = entry_about("s1");
    entry.envelope.metadata.timestamp.reset();
    EXPECT_EQ(cloud_event_of(entry, "abc", "/").time, "1970-01-01T00:00:09.000Z");
}

TEST(CloudEvent, AbsentAttributesAreLeftOut) {
    auto entry = entry_about("");
    entry.envelope.aggregate_id.clear();
    const auto event = cloud_event_of(entry, "abc", "/");
    EXPECT_EQ(event.subject, "");
    EXPECT_EQ(structured_text(event).find("subject"), std::string::npos);
    for (const auto& [name, value] : binary_headers(event)) EXPECT_NE(name, "ce-subject");
}

}  // namespace
}  // namespace rotacast::webhooks
