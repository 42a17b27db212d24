#pragma once

// What to do with a message on one of the original's channels.

#include "bridge/channel.hpp"
#include "bridge/sent_messages.hpp"
#include "bus/bus.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rotacast::bridge {

/// Larger messages are refused unread. An event of the original has less than 10 KB.
inline constexpr std::size_t payload_bytes_max = 1 << 20;

/// To the bus. Its event id and its key are message_id(), so that of several nodes that hear a
/// message only one stores it; and what the cluster itself has sent is a request that was stored
/// before (scripts/send.lua).
struct TakeIn {
    bus::PublishRequest request;
    std::vector<std::string> remarks;  ///< as in Decoded
};
/// This node has sent it.
struct Own {};
/// It is not an event. The error never repeats the payload.
struct Unusable {
    Error error;
};
using Verdict = std::variant<TakeIn, Own, Unusable>;

/// Pure.
Verdict judge(Channel channel, std::string_view payload, const SentMessages& sent);

}  // namespace rotacast::bridge
