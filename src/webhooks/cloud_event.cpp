#include "webhooks/cloud_event.hpp"

#include "base/json_text.hpp"

#include <boost/url/encode.hpp>

namespace rotacast::webhooks {
namespace {

/// Calls `f(name, value)` for each attribute that is there, except `datacontenttype`.
template <class F>
void for_each_attribute(const CloudEvent& event, F f) {
    f("specversion", "1.0");
    f("id", event.id);
    f("source", event.source);
    f("type", event.type);
    if (!event.subject.empty()) f("subject", event.subject);
    f("time", event.time);
    if (!event.cursor.empty()) f("cursor", event.cursor);
}

/// HTTP binding §3.1.3.2: everything but printable ASCII, and also blanks, quotes and `%`.
std::string percent_encoded(std::string_view text) {
    struct Plain {
        bool operator()(char c) const { return c > 0x20 && c < 0x7f && c != '"' && c != '%'; }
    };
    return boost::urls::encode(text, Plain{});
}

std::string subject_of(const events::Envelope& envelope) {
    if (envelope.aggregate_id.empty()) return "";
    return envelope.aggregate_type + '/' + envelope.aggregate_id;
}

}  // namespace

CloudEvent cloud_event_of(const bus::Entry& entry,
                          const std::string& epoch,
                          std::string_view source) {
    const auto& metadata = entry.envelope.metadata;
    CloudEvent event;
    event.id = to_string(metadata.event_id.value_or(Uuid{}));
    event.source = source;
    event.type = metadata.event_type;
    event.subject = subject_of(entry.envelope);
    event.time = to_string(metadata.timestamp.value_or(entry.stored_at));
    event.cursor = to_string(bus::Cursor{epoch, {entry.offset}});
    events::append_envelope(event.data, entry.envelope);
    return event;
}

std::string structured_text(const CloudEvent& event) {
    std::string out = "{";
    out.reserve(512 + event.data.size());
    for_each_attribute(event, [&](std::string_view name, std::string_view value) {
        append_json_string(out, name);
        out += ':';
        append_json_string(out, value);
        out += ',';
    });
    return out + R"("datacontenttype":"application/json","data":)" + event.data + '}';
}

Headers binary_headers(const CloudEvent& event) {
    Headers headers;
    for_each_attribute(event, [&](std::string_view name, std::string_view value) {
        headers.emplace_back("ce-" + std::string(name), percent_encoded(value));
    });
    return headers;
}

}  // namespace rotacast::webhooks
