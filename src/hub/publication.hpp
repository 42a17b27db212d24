#pragma once

// One client event with its cursor and topics, and the functions that make bytes of it.

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "events/catalogue.hpp"
#include "events/cursor.hpp"
#include "hub/topic.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::hub {

struct Publication {
    events::Position position;
    std::string cursor;  ///< `position` with the epoch, as text
    Uuid event_id;
    Timestamp timestamp;
    events::ClientEvent event;
    std::vector<Topic> topics;
};

/// The subject that the event is about (`assignment_id:…`): a later publication of the same subject
/// supersedes it. A publication that names no subject has a subject of its own.
std::string subject_of(const Publication& publication);

/// An encoding of publications on a wire; an index into Encodings.
using EncodingId = std::uint8_t;
inline constexpr std::size_t encodings_max = 8;

/// Appends one encoded publication, framed, so that it can be sent after others. Pure; any thread.
using Encode = void (*)(const Publication&, std::string& out);
using Encodings = std::array<Encode, encodings_max>;

}  // namespace rotacast::hub
