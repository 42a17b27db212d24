#include "events/cloud_event.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::events {
namespace {

using reflect::Decoder;

constexpr std::size_t subject_bytes_max = 256;  // an aggregate's type, a slash, its id

struct Attributes {
    std::string specversion;
    std::string id;
    std::string source;
    std::string type;
    std::optional<Timestamp> time;
    std::optional<std::string> subject;
    std::optional<std::string> datacontenttype;
    std::optional<std::string> dataschema;
    std::optional<std::string> traceparent;
    std::optional<std::string> tracestate;
};
DESCRIBE(Attributes,
         "Context attributes of a CloudEvent.",
         (specversion, ""),
         (id, ""),
         (source, ""),
         (type, ""),
         (time, ""),
         (subject, ""),
         (datacontenttype, ""),
         (dataschema, ""),
         (traceparent, ""),
         (tracestate, ""))

bool is_json(std::string_view media_type) {
    std::string bare(media_type.substr(0, media_type.find(';')));
    while (bare.ends_with(' ')) bare.pop_back();
    std::ranges::transform(bare, bare.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return bare.ends_with("/json") || bare.ends_with("+json");
}

/// Records an error at `key` unless `good`, or unless there is one already.
void check(Decoder& decoder, bool good, std::string_view key, std::string_view expected) {
    if (good || decoder.refused_at("/" + std::string(key))) return;
    const Decoder::Step step(decoder, key);
    decoder.refuse(expected);
}

void check(Decoder& decoder, const Attributes& said) {
    check(decoder, said.specversion == "1.0", "specversion", "`1.0`, the version of CloudEvents");
    constexpr std::string_view some_text = "text that is not empty";
    check(decoder, !said.id.empty(), "id", some_text);
    check(decoder, !said.source.empty(), "source", some_text);
    check(decoder, !said.type.empty(), "type", some_text);
    check(decoder,
          said.source.size() <= cloud_event_source_bytes_max,
          "source",
          "at most " + std::to_string(cloud_event_source_bytes_max) + " bytes");
    check(decoder, !said.subject || !said.subject->empty(), "subject", some_text);
    check(decoder,
          !said.subject || said.subject->size() <= subject_bytes_max,
          "subject",
          "at most " + std::to_string(subject_bytes_max) + " bytes");
    check(decoder,
          !said.datacontenttype || is_json(*said.datacontenttype),
          "datacontenttype",
          "a media type of JSON");
}

/// Null, and an error, if there is none that can be read.
const json::value* find_data(const json::object& object,
                             std::vector<std::string_view>& known,
                             Decoder& decoder) {
    if (Decoder::find(object, "data_base64", "data_base64", known)) {
        const Decoder::Step step(decoder, "data_base64");
        decoder.refuse("no binary data: send JSON as `data`, and nothing");
        return nullptr;
    }
    const auto* data = Decoder::find(object, "data", "data", known);
    if (!data) decoder.refuse_missing("data");
    return data;
}

/// Whether the subject begins with the type of another aggregate than the event's.
bool names_other_aggregate(std::string_view subject, std::string_view aggregate) {
    const auto slash = subject.find('/');
    if (slash == std::string_view::npos) return false;
    const auto type = subject.substr(0, slash);
    return type != aggregate && std::ranges::any_of(all_types(), [&](const auto& each) {
               return each.aggregate == type;
           });
}

/// RFC 3339 §5.6, which CloudEvents demands: a time without an offset would be anybody's local
/// time.
bool has_offset(std::string_view time) {
    if (time.ends_with('Z') || time.ends_with('z')) return true;
    return time.size() > 6 && time[time.size() - 3] == ':' &&
           (time[time.size() - 6] == '+' || time[time.size() - 6] == '-');
}

void apply(Attributes said, Envelope& to) {
    to.metadata.event_id = cloud_event_id(said.source, said.id);
    if (said.time) to.metadata.timestamp = said.time;
    if (said.subject) {
        std::string_view id = *said.subject;
        if (const auto prefix = to.aggregate_type + '/';
            id.starts_with(prefix) && id.size() > prefix.size())
            id.remove_prefix(prefix.size());
        to.aggregate_id = id;
    }
    Provenance provenance;
    keep_trace(provenance, said.traceparent.value_or(""), said.tracestate.value_or(""));
    provenance.source = std::move(said.source);
    to.provenance = shared(std::move(provenance));
}

}  // namespace

Uuid cloud_event_id(std::string_view source, std::string_view id) {
    if (const auto uuid = Uuid::parse(id)) return *uuid;
    // The namespace of URLs (RFC 9562 §6.6): anybody can compute the same.
    static const auto urls = Uuid::parse("6ba7b811-9dad-11d1-80b4-00c04fd430c8").value();
    return Uuid::named(Uuid::named(urls, source), id);
}

Result<Decoded> decode_cloud_event(const json::value& value, const std::string& path) {
    Decoder decoder(path);
    const auto* object = value.if_object();
    if (!object) {
        decoder.refuse("a CloudEvent, an object");
        return *decoder.error();
    }
    std::vector<std::string_view> known;
    Attributes said;
    decoder.decode_members(said, *object, known);
    check(decoder, said);
    if (const auto* time = object->if_contains("time"); time && time->is_string())
        check(decoder,
              has_offset(time->get_string()),
              "time",
              "an RFC 3339 date-time, with `Z` or an offset");
    Decoder::find(*object, "cursor", "cursor", known);  // of the journal that it comes from
    const auto* data = find_data(*object, known, decoder);
    if (!data || said.type.empty()) return *decoder.error();
    if (const auto* type = find_type(said.type); type && said.subject)
        check(decoder,
              !names_other_aggregate(*said.subject, type->aggregate),
              "subject",
              "the id of the event's aggregate, perhaps after `" + std::string(type->aggregate) +
                  "/`");
    auto decoded = decode_envelope_of(said.type, path + "/type", *data, path + "/data");
    if (decoder.error()) {
        auto error = decoder.error();
        if (!decoded) add_error(error, decoded.error());
        return *error;
    }
    if (!decoded) return decoded;
    decoder.note_unknown(*object, known);
    decoded->ignored.insert(
        decoded->ignored.end(), decoder.ignored().begin(), decoder.ignored().end());
    apply(std::move(said), decoded->envelope);
    return decoded;
}

}  // namespace rotacast::events
