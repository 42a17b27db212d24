#include "webhooks/body.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

TEST(WebhookBody, ContainsTheEventAndItsCursor) {
    auto envelope = events::wrap(events::ScheduleArchived{"s1", "somebody", "because"});
    envelope.metadata.event_id = Uuid{};
    envelope.metadata.timestamp = Timestamp{};
    const bus::Entry entry{7, Timestamp(std::chrono::seconds(1)), "key:back", envelope};
    const auto text = body_of(entry, "abc", "pager");
    EXPECT_EQ(text,
              R"({"event_id":"00000000-0000-0000-0000-000000000000",)"
              R"("event_type":"ScheduleArchived","cursor":"abc.7",)"
              R"("stored_at":"1970-01-01T00:00:01.000Z","webhook":"pager","event":)" +
                  events::to_json(envelope) + '}');
    // A receiver can publish the event again.
    const auto document = reflect::parse_json(text).value();
    const auto again = events::decode_envelope(document.at("event"), "");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->ignored.empty());
    EXPECT_EQ(events::to_json(again->envelope), events::to_json(envelope));
}

}  // namespace
}  // namespace rotacast::webhooks
