#include "webhooks/body.hpp"

#include "base/json_text.hpp"

namespace rotacast::webhooks {

std::string body_of(const bus::Entry& entry, const std::string& epoch, std::string_view webhook) {
    const auto& metadata = entry.envelope.metadata;
    std::string out;
    out.reserve(1'024);
    out += "{\"event_id\":\"";
    append_uuid(out, metadata.event_id.value_or(Uuid{}));
    out += "\",\"event_type\":";
    append_json_string(out, metadata.event_type);
    out += ",\"cursor\":";
    append_json_string(out, to_string(bus::Cursor{epoch, {entry.offset}}));
    out += ",\"stored_at\":\"";
    append_timestamp(out, entry.stored_at);
    out += "\",\"webhook\":";
    append_json_string(out, webhook);
    out += ",\"event\":";
    events::append_envelope(out, entry.envelope);
    out += '}';
    return out;
}

}  // namespace rotacast::webhooks
