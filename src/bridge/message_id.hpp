#pragma once

// The identity of a message on one of the original's channels. It has no identifier of its own; but
// it has a time with microseconds, so the same bytes are the same message.

#include "base/uuid.hpp"
#include "bridge/channel.hpp"

#include <string>
#include <string_view>

namespace rotacast::bridge {

/// The same for every node that hears the message, and for the one that sends it. The id of the
/// event that the message becomes here.
inline Uuid message_id(Channel channel, std::string_view payload) {
    static const Uuid space = *Uuid::parse("b7a0c3de-5f64-4c0f-9a0e-6d1f2b8f3c55");
    std::string name(name_of(channel));
    name += '\n';
    name += payload;
    return Uuid::named(space, name);
}

/// Of the events that came over the bridge. Such an event is never sent out.
inline constexpr std::string_view bridge_publisher = "bridge";

}  // namespace rotacast::bridge
