#pragma once

// The envelope of every event and its JSON encoding (wire specification §3.3, §3.4): aggregate_id,
// aggregate_type, metadata, then the event's own members.

#include "base/error.hpp"
#include "events/catalogue.hpp"
#include "events/cursor.hpp"
#include "events/provenance.hpp"
#include "events/vocabulary.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::events {

/// Who, when and why. The bus fills in members that the publisher left out.
struct Metadata {
    std::optional<Uuid> event_id;
    std::string event_type;
    std::int64_t event_version = 1;
    std::optional<Timestamp> timestamp;
    std::optional<std::string> correlation_id;
    std::optional<std::string> causation_id;
    std::optional<std::string> user_id;
    std::optional<std::string> ip_address;
    std::optional<std::string> user_agent;
    std::optional<std::string> session_id;
};
DESCRIBE(Metadata,
         "Who, when and why of an event.",
         (event_id,
          "Names the event for ever; a second event with it is taken as the first again."),
         (event_type, "The event's type.", defaulted),
         (event_version, "Version of the type, from 1.", defaulted),
         (timestamp, "When it happened; the time of publishing if absent."),
         (correlation_id, "Ties together what belongs to one action."),
         (causation_id, "The event that caused this one."),
         (user_id, "Who acted."),
         (ip_address, "From where."),
         (user_agent, "With what."),
         (session_id, "In which session."))

struct Envelope {
    // Defined in event.cpp: compiled once, they spare each file that moves envelopes the code of a
    // variant of all event types.
    Envelope();
    Envelope(const Envelope&);
    Envelope(Envelope&&) noexcept;
    Envelope& operator=(const Envelope&);
    Envelope& operator=(Envelope&&) noexcept;
    ~Envelope();

    std::string aggregate_id;
    std::string aggregate_type;
    Metadata metadata;
    Event event;
    /// Not part of the JSON encoding; whoever stores the event stores it beside.
    ProvenancePtr provenance = {};
};

/// Makes an envelope and fills in what can be derived: type, aggregate, and the aggregate's id.
Envelope wrap(Event event);

/// Appends the JSON encoding: compact, snake_case, every member present.
void append_envelope(std::string& out, const Envelope& envelope);
std::string to_json(const Envelope& envelope);

/// The same without members that are null, about two thirds of the size: for our own files.
std::string to_stored_json(const Envelope& envelope);

/// The cursor of the aggregate's last event that the publisher knows of; nullopt: the publisher
/// expects that the aggregate has no event yet.
struct ExpectedVersion {
    std::optional<Cursor> last;
};

/// A decoded event, and what intake reports to the publisher about it.
struct Decoded {
    Envelope envelope;
    std::vector<std::string> ignored;                      ///< JSON pointers of unknown keys
    std::optional<ExpectedVersion> expected_version = {};  ///< of a domain event, if given
};

/// Decodes a domain event. The type is metadata.event_type or, in the short form, a top-level
/// `event_type`; aggregate id and type may be left out. `expected_version` is a cursor or null
/// (error: `cursor_invalid`). A type that is said in both places must be the same, and an aggregate
/// type the event's own (`invalid_field`). Both spellings of keys are accepted. `path` is the JSON pointer of
/// `value` within its document; every error's path starts with it. The error has the others of the
/// same event, up to errors_reported_max.
Result<Decoded> decode_envelope(const json::value& value, const std::string& path);

/// The same for an event whose type was named outside of it. `value` may repeat the type, but not
/// name another (`invalid_field`). An unknown type is an error at `type_path`.
Result<Decoded> decode_envelope_of(std::string_view type,
                                   const std::string& type_path,
                                   const json::value& value,
                                   const std::string& path);

/// Decodes a client event from its own members; the error has the others. `event_type` may be among
/// them and must then equal `type`; `timestamp` becomes the envelope's.
Result<Decoded> decode_broadcast(std::string_view type, const json::value& value);

/// Decodes an envelope that append_envelope or to_stored_json wrote, of any catalogued type.
Result<Envelope> restore_envelope(const json::value& value);

}  // namespace rotacast::events
