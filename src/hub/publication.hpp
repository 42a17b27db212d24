#pragma once

// Where types stop and bytes begin: what screens may see of one event.

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
    events::Position place;
    std::string cursor;  ///< the place's text, with its epoch
    Uuid event_id;
    Timestamp timestamp;
    events::ClientEvent event;
    std::vector<Topic> topics;
};

/// What it is about (`assignment_id:…`): a later publication of the same subject overtakes it.
/// One that names no subject has one of its own.
std::string subject_of(const Publication& publication);

/// A way of spelling publications on a wire; an index into Encodings.
using EncodingId = std::uint8_t;
inline constexpr std::size_t wire_forms_max = 8;

/// Appends one publication, framed, ready to be sent behind others. Pure; any thread.
using Encode = void (*)(const Publication&, std::string& out);
using Encodings = std::array<Encode, wire_forms_max>;

}  // namespace rotacast::hub
