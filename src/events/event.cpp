#include "events/event.hpp"

#include <algorithm>

namespace rotacast::events {
namespace {

using reflect::Decoder;

/// Names and identifiers: long enough for any identifier, short enough for an index.
constexpr std::size_t name_length_max = 256;

void refuse_type(Decoder& decoder, std::string_view type, Kind kind) {
    std::string message = "There is no such event type.";
    if (const auto near = nearest_type(type, kind); !near.empty())
        message += " Did you mean `" + std::string(near) + "`?";
    decoder.refuse_as(ErrorCode::unknown_event_type, std::move(message));
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

void check_length(Decoder& decoder, const std::string& text, std::string_view key) {
    if (text.size() <= name_length_max) return;
    const Decoder::Step step(decoder, key);
    decoder.refuse("at most " + std::to_string(name_length_max) + " bytes");
}

void check_head(Decoder& decoder, const Envelope& envelope) {
    check_length(decoder, envelope.aggregate_id, "aggregate_id");
    check_length(decoder, envelope.aggregate_type, "aggregate_type");
    if (envelope.metadata.event_version >= 1) return;
    const Decoder::Step step(decoder, "metadata");
    const Decoder::Step inner(decoder, "event_version");
    decoder.refuse("an integer from 1");
}

/// Also reads the event if `decoder` holds an error already, to find the others.
Result<Decoded> decode_typed(const json::object& object,
                             Head head,
                             std::string_view type,
                             std::vector<std::string_view> known,
                             Decoder& decoder) {
    auto event = decode_own_members(type, object, decoder, known);
    auto envelope = event ? wrap(std::move(*event)) : Envelope{};
    if (head.metadata) {
        envelope.metadata = std::move(*head.metadata);
        envelope.metadata.event_type = type;
    }
    if (head.aggregate_id) envelope.aggregate_id = std::move(*head.aggregate_id);
    if (head.aggregate_type) envelope.aggregate_type = std::move(*head.aggregate_type);
    check_head(decoder, envelope);
    if (decoder.error()) return *decoder.error();
    decoder.note_unknown(object, known);
    return Decoded{std::move(envelope), decoder.ignored()};
}

/// The type that the event itself names; null, and an error, if there is no such domain event.
const TypeInfo* type_said(const Head& head, Decoder& decoder) {
    const bool in_metadata = head.metadata && !head.metadata->event_type.empty();
    std::string_view said;
    if (in_metadata)
        said = head.metadata->event_type;
    else if (head.event_type)
        said = *head.event_type;
    if (said.empty()) {
        if (!decoder.refused_at("/event_type")) decoder.refuse_missing("event_type");
        return nullptr;
    }
    const auto* known = find_type(said);
    if (known && known->kind == Kind::domain) return known;
    std::optional<Decoder::Step> outer;
    if (in_metadata) outer.emplace(decoder, "metadata");
    const Decoder::Step step(decoder, "event_type");
    refuse_type(decoder, said, Kind::domain);
    return nullptr;
}

/// An event that says its type in two places says the same, and that its aggregate is one of the
/// type's: otherwise it would be ordered among the events of other things.
void refuse_other_type(const Head& head, const TypeInfo& type, Decoder& decoder) {
    const auto expect = [&](std::string_view key, std::string_view said, std::string_view right) {
        const Decoder::Step step(decoder, key);
        if (said != right) decoder.refuse("`" + std::string(right) + "` or nothing");
    };
    if (head.metadata && !head.metadata->event_type.empty()) {
        const Decoder::Step outer(decoder, "metadata");
        expect("event_type", head.metadata->event_type, type.type);
    }
    if (head.event_type && !decoder.refused_at("/event_type"))
        expect("event_type", *head.event_type, type.type);
    if (head.aggregate_type && !decoder.refused_at("/aggregate_type"))
        expect("aggregate_type", *head.aggregate_type, type.aggregate);
}

void decode_version(std::optional<ExpectedVersion>& to,
                    const json::object& object,
                    std::vector<std::string_view>& known,
                    Decoder& decoder) {
    const auto* said = Decoder::find(object, "expected_version", "expectedVersion", known);
    if (!said) return;
    std::optional<std::string> text;
    if (!decoder.decode_at(text, *said, "expected_version")) return;
    to.emplace();
    if (!text) return;
    to->last = Cursor::parse(*text);
    if (to->last) return;
    const Decoder::Step step(decoder, "expected_version");
    decoder.refuse_as(ErrorCode::cursor_invalid, "A cursor as it was received, or null.");
}

/// `type`: as it was named outside of the event; null: the event names it.
Result<Decoded> decode_domain(const json::value& value, const TypeInfo* type, Decoder& decoder) {
    const auto* object = value.if_object();
    if (!object) {
        decoder.refuse("an event object");
        return *decoder.error();
    }
    std::vector<std::string_view> known;
    Head head;
    decoder.decode_members(head, *object, known);
    std::optional<ExpectedVersion> expected;
    decode_version(expected, *object, known, decoder);
    if (!type) type = type_said(head, decoder);
    if (!type) return *decoder.error();
    refuse_other_type(head, *type, decoder);
    auto decoded = decode_typed(*object, std::move(head), type->type, std::move(known), decoder);
    if (decoded) decoded->expected_version = std::move(expected);
    return decoded;
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

Envelope::Envelope() = default;
Envelope::Envelope(const Envelope&) = default;
Envelope::Envelope(Envelope&&) noexcept = default;
Envelope& Envelope::operator=(const Envelope&) = default;
Envelope& Envelope::operator=(Envelope&&) noexcept = default;
Envelope::~Envelope() = default;

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
    return decode_domain(value, nullptr, decoder);
}

Result<Decoded> decode_envelope_of(std::string_view type,
                                   const std::string& type_path,
                                   const json::value& value,
                                   const std::string& path) {
    const auto* known_type = find_type(type);
    if (!known_type || known_type->kind != Kind::domain) {
        Decoder outside(type_path);
        refuse_type(outside, type, Kind::domain);
        return *outside.error();
    }
    Decoder decoder(path);
    return decode_domain(value, known_type, decoder);
}

Result<Decoded> decode_broadcast(std::string_view type, const json::value& value) {
    Decoder decoder;
    const auto* known_type = find_type(type);
    if (!known_type || known_type->kind != Kind::broadcast) {
        refuse_type(decoder, type, Kind::broadcast);
        return *decoder.error();
    }
    const auto* object = value.if_object();
    if (!object) {
        decoder.refuse("an object with the event's fields");
        return *decoder.error();
    }
    std::vector<std::string_view> known;
    Head head;
    if (const auto* said = Decoder::find(*object, "event_type", "eventType", known))
        decoder.decode_at(head.event_type.emplace(), *said, "event_type");
    refuse_other_type(head, *known_type, decoder);
    head.metadata.emplace();
    if (const auto* said = Decoder::find(*object, "timestamp", "timestamp", known))
        decoder.decode_at(head.metadata->timestamp, *said, "timestamp");
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
