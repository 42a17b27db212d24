#include "webhooks/content.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

Webhook webhook_with(const char* format) {
    Webhook webhook;
    webhook.name = "pager";
    webhook.format = format;
    return webhook;
}

bus::Entry some_entry() {
    auto envelope = events::wrap(events::ScheduleArchived{"s1", "somebody", "because"});
    envelope.metadata.event_id = Uuid{};
    envelope.metadata.timestamp = Timestamp{};
    return {7, Timestamp(std::chrono::seconds(1)), "key:back", std::move(envelope)};
}

TEST(WebhookContent, OfOurFormatHasTheEventAndItsCursor) {
    const auto entry = some_entry();
    const auto content = content_of(entry, "abc", webhook_with("rotacast"), "/rotacast");
    EXPECT_EQ(content.type, "application/json");
    EXPECT_EQ(content.headers, Headers{});
    EXPECT_EQ(content.body,
              R"({"event_id":"00000000-0000-0000-0000-000000000000",)"
              R"("event_type":"ScheduleArchived","cursor":"abc.7",)"
              R"("stored_at":"1970-01-01T00:00:01.000Z","webhook":"pager","event":)" +
                  events::to_json(entry.envelope) + '}');
    // A receiver can publish the event again.
    const auto document = reflect::parse_json(content.body).value();
    const auto again = events::decode_envelope(document.at("event"), "");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->ignored.empty());
    EXPECT_EQ(events::to_json(again->envelope), events::to_json(entry.envelope));
}

TEST(WebhookContent, OfCloudEventsIsADocumentOrHeadersAndData) {
    const auto entry = some_entry();
    const auto event = cloud_event_of(entry, "abc", "/here");
    const auto structured =
        content_of(entry, "abc", webhook_with("cloudevents-structured"), "/here");
    EXPECT_EQ(structured.type, "application/cloudevents+json");
    EXPECT_EQ(structured.headers, Headers{});
    EXPECT_EQ(structured.body, structured_text(event));
    const auto binary = content_of(entry, "abc", webhook_with("cloudevents-binary"), "/here");
    EXPECT_EQ(binary.type, "application/json");
    EXPECT_EQ(binary.headers, binary_headers(event));
    EXPECT_EQ(binary.body, events::to_json(entry.envelope));
}

TEST(WebhookContent, APingIsMarkedAsOneInEveryFormat) {
    const auto ping = [](const char* format) {
        return ping_content_of("7c3f", Timestamp{}, webhook_with(format), "/here");
    };
    const auto own = reflect::parse_json(ping("rotacast").body).value();
    EXPECT_EQ(own.at("event_type"), "rotacast.ping");
    EXPECT_EQ(own.at("event_id"), "7c3f");
    EXPECT_EQ(own.at("webhook"), "pager");
    EXPECT_TRUE(own.at("event").is_null());
    EXPECT_EQ(ping("cloudevents-structured").body,
              R"({"specversion":"1.0","id":"7c3f","source":"/here","type":"rotacast.ping",)"
              R"("time":"1970-01-01T00:00:00.000Z","datacontenttype":"application/json",)"
              R"("data":{"webhook":"pager"}})");
    const auto binary = ping("cloudevents-binary");
    EXPECT_EQ(binary.headers[3], std::pair(std::string("ce-type"), std::string("rotacast.ping")));
    EXPECT_EQ(binary.body, R"({"webhook":"pager"})");
}

}  // namespace
}  // namespace rotacast::webhooks
