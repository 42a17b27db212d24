#include "events/event.hpp"

#include <algorithm>

namespace rotacast::events {
namespace {

using reflect::Decoder;

/// Names and identifiers: long enough for any identifier, short enough for an index.
constexpr std::size_t name_length_max = 256;

Error unknown_type(std::string_view type, Kind kind, std::string path) {
    std::string message = "There is no such event type.";
    if (const auto near = nearest_type(type, kind); !near.empty())
        message += " Did you mean `" + std::string(near) + "`?";
    return {ErrorCode::unknown_event_type, std::move(message), std::move(path)};
}

// The keys of an envelope beside the event's own members.
struct Head {
    std::optional<std::string> aggregate_id;
    std::optional<std::string> aggregate_type;
    std::optional<Metadata> metadata;
    std::optional<std::string> event_type;
};
DESCRIBE(Head,
         "Keys of an envelope.",
         (aggregate_id, ""),
         (aggregate_type, ""),
         (metadata, ""),
         (event_type, ""))

bool short_enough(Decoder& decoder, const std::string& text, std::string_view key) {
    if (text.size() <= name_length_max) return true;
    const Decoder::Step step(decoder, key);
    return decoder.refuse("at most " + std::to_string(name_length_max) + " bytes");
}

bool check_head(Decoder& decoder, const Envelope& envelope) {
    if (!short_enough(decoder, envelope.aggregate_id, "aggregate_id")) return false;
    if (!short_enough(decoder, envelope.aggregate_type, "aggregate_type")) return false;
    if (envelope.metadata.event_version >= 1) return true;
    const Decoder::Step step(decoder, "metadata");
    const Decoder::Step inner(decoder, "event_version");
    return decoder.refuse("an integer from 1");
}

Result<Decoded> decode_typed(const json::object& object,
                             Head head,
                             std::string_view type,
                             std::vector<std::string_view> known,
                             Decoder& decoder) {
    auto event = decode_own_members(type, object, decoder, known);
    if (!event) return *decoder.error();
    auto envelope = wrap(std::move(*event));
    if (head.metadata) {
        envelope.metadata = std::move(*head.metadata);
        envelope.metadata.event_type = type;
    }
    if (head.aggregate_id) envelope.aggregate_id = std::move(*head.aggregate_id);
    if (head.aggregate_type) envelope.aggregate_type = std::move(*head.aggregate_type);
    if (!check_head(decoder, envelope)) return *decoder.error();
    decoder.note_unknown(object, known);
    return Decoded{std::move(envelope), decoder.ignored()};
}

bool decode_version(std::optional<ExpectedVersion>& to,
                    const json::object& object,
                    std::vector<std::string_view>& known,
                    Decoder& decoder) {
    const auto* said = Decoder::find(object, "expected_version", "expectedVersion", known);
    if (!said) return true;
    std::optional<std::string> text;
    if (!decoder.decode_at(text, *said, "expected_version")) return false;
    to.emplace();
    if (!text) return true;
    to->last = Cursor::parse(*text);
    if (to->last) return true;
    const Decoder::Step step(decoder, "expected_version");
    return decoder.refuse_as(ErrorCode::cursor_invalid, "A cursor as it was received, or null.");
}

void append_for(std::string& out, const Envelope& envelope, reflect::EncodeOptions options) {
    out += "{\"aggregate_id\":";
    append_json_string(out, envelope.aggregate_id);
    out += ",\"aggregate_type\":";
    append_json_string(out, envelope.aggregate_type);
    out += ",\"metadata\":";
    reflect::encode(out, envelope.metadata, options);
    encode_own_members(out, envelope.event, options);
    out += '}';
}

}  // namespace

Envelope wrap(Event event) {
    Envelope envelope;
    envelope.aggregate_type = aggregate_of(event);
    envelope.aggregate_id = aggregate_id_of(event);
    if (envelope.aggregate_id.empty()) envelope.aggregate_id = envelope.aggregate_type;
    envelope.metadata.event_type = type_of(event);
    envelope.event = std::move(event);
    return envelope;
}

void append_envelope(std::string& out, const Envelope& envelope) {
    append_for(out, envelope, {});
}

std::string to_json(const Envelope& envelope) {
    std::string out;
    out.reserve(640);
    append_envelope(out, envelope);
    return out;
}

std::string to_stored_json(const Envelope& envelope) {
    std::string out;
    out.reserve(640);
    append_for(out, envelope, {.audience = reflect::Audience::storage});
    return out;
}

Result<Decoded> decode_envelope(const json::value& value, const std::string& path) {
    Decoder decoder(path);
    const auto* object = value.if_object();
    if (!object) {
        decoder.refuse("an event object");
        return *decoder.error();
    }
    std::vector<std::string_view> known;
    Head head;
    if (!decoder.decode_members(head, *object, known)) return *decoder.error();
    std::optional<ExpectedVersion> expected;
    if (!decode_version(expected, *object, known, decoder)) return *decoder.error();
    const bool in_metadata = head.metadata && !head.metadata->event_type.empty();
    const auto type = in_metadata ? head.metadata->event_type : head.event_type.value_or("");
    if (type.empty()) {
        decoder.refuse_missing("event_type");
        return *decoder.error();
    }
    const auto* known_type = find_type(type);
    if (!known_type || known_type->kind != Kind::domain)
        return unknown_type(
            type, Kind::domain, path + (in_metadata ? "/metadata/event_type" : "/event_type"));
    auto decoded =
        decode_typed(*object, std::move(head), known_type->type, std::move(known), decoder);
    if (decoded) decoded->expected_version = std::move(expected);
    return decoded;
}

Result<Decoded> decode_broadcast(std::string_view type, const json::value& value) {
    const auto* known_type = find_type(type);
    if (!known_type || known_type->kind != Kind::broadcast)
        return unknown_type(type, Kind::broadcast, "");
    Decoder decoder;
    const auto* object = value.if_object();
    if (!object) {
        decoder.refuse("an object with the event's fields");
        return *decoder.error();
    }
    std::vector<std::string_view> known;
    Metadata metadata;
    if (const auto* said = Decoder::find(*object, "event_type", "eventType", known)) {
        std::string text;
        if (!decoder.decode_at(text, *said, "event_type")) return *decoder.error();
        if (text != type)
            return Error{ErrorCode::invalid_field,
                         "This path publishes `" + std::string(type) + "` only.",
                         "/event_type"};
    }
    if (const auto* said = Decoder::find(*object, "timestamp", "timestamp", known))
        if (!decoder.decode_at(metadata.timestamp, *said, "timestamp")) return *decoder.error();
    Head head;
    head.metadata = std::move(metadata);
    return decode_typed(*object, std::move(head), known_type->type, std::move(known), decoder);
}

Result<Envelope> restore_envelope(const json::value& value) {
    Decoder decoder;
    const auto* object = value.if_object();
    if (!object) return Error{ErrorCode::internal, "A stored event is not an object.", ""};
    std::vector<std::string_view> known;
    Head head;
    if (!decoder.decode_members(head, *object, known)) return *decoder.error();
    if (!head.metadata || !find_type(head.metadata->event_type))
        return Error{ErrorCode::internal, "A stored event has an unknown type.", ""};
    const auto type = head.metadata->event_type;
    auto decoded = decode_typed(*object, std::move(head), type, std::move(known), decoder);
    if (!decoded) return decoded.error();
    return std::move(decoded->envelope);
}

}  // namespace rotacast::events
