#include "webhooks/content.hpp"

#include "base/json_text.hpp"

#include <utility>

namespace rotacast::webhooks {
namespace {

constexpr const char* json_type = "application/json";

std::string own_document(const bus::Entry& entry,
                         const std::string& epoch,
                         std::string_view webhook) {
    const auto& metadata = entry.envelope.metadata;
    std::string out;
    out.reserve(1'024);
    out += R"({"event_id":")";
    append_uuid(out, metadata.event_id.value_or(Uuid{}));
    out += R"(","event_type":)";
    append_json_string(out, metadata.event_type);
    out += ",\"cursor\":";
    append_json_string(out, to_string(bus::Cursor{epoch, {entry.offset}}));
    out += R"(,"stored_at":")";
    append_timestamp(out, entry.stored_at);
    out += R"(","webhook":)";
    append_json_string(out, webhook);
    out += ",\"event\":";
    events::append_envelope(out, entry.envelope);
    out += '}';
    return out;
}

std::string own_ping(const std::string& id, Timestamp time, std::string_view webhook) {
    std::string out = R"({"event_id":")" + id + R"(","event_type":)";
    append_json_string(out, ping_type);
    out += R"(,"cursor":null,"stored_at":")";
    append_timestamp(out, time);
    out += R"(","webhook":)";
    append_json_string(out, webhook);
    return out + ",\"event\":null}";
}

Content structured(const CloudEvent& event) {
    return {"application/cloudevents+json", {}, structured_text(event)};
}

Content binary(CloudEvent event) {
    auto headers = binary_headers(event);
    return {json_type, std::move(headers), std::move(event.data)};
}

CloudEvent cloud_ping(const std::string& id,
                      Timestamp time,
                      std::string_view webhook,
                      std::string_view source) {
    CloudEvent event;
    event.id = id;
    event.source = source;
    event.type = ping_type;
    event.time = to_string(time);
    event.data = "{\"webhook\":";
    append_json_string(event.data, webhook);
    event.data += '}';
    return event;
}

}  // namespace

Content content_of(const bus::Entry& entry,
                   const std::string& epoch,
                   const Webhook& webhook,
                   std::string_view source) {
    switch (format_of(webhook)) {
        case Format::rotacast: break;
        case Format::cloudevents_structured:
            return structured(cloud_event_of(entry, epoch, source));
        case Format::cloudevents_binary: return binary(cloud_event_of(entry, epoch, source));
    }
    return {json_type, {}, own_document(entry, epoch, webhook.name)};
}

Content ping_content_of(const std::string& id,
                        Timestamp time,
                        const Webhook& webhook,
                        std::string_view source) {
    switch (format_of(webhook)) {
        case Format::rotacast: break;
        case Format::cloudevents_structured:
            return structured(cloud_ping(id, time, webhook.name, source));
        case Format::cloudevents_binary: return binary(cloud_ping(id, time, webhook.name, source));
    }
    return {json_type, {}, own_ping(id, time, webhook.name)};
}

}  // namespace rotacast::webhooks
