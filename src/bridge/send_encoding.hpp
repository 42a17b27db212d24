#pragma once

// The call of the script that sends as words for Redis, and its reply as an answer.

#include "base/error.hpp"
#include "bridge/outgoing.hpp"
#include "cluster/script_encoding.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace rotacast::bridge {

/// scripts/send.lua. Lives as long as the process.
extern const std::string_view send_script;

/// Of the key `{prefix}:bridge`, a hash: epoch, offset, begun, parts.
std::string position_key(const cluster::KeyNames& keys);

/// How long a message that was sent is recognised when it comes back, which takes milliseconds;
/// longer if the node that hears it cannot reach Redis just then.
inline constexpr std::chrono::milliseconds sent_memory = std::chrono::minutes(10);

/// `digest`: of the script, as SCRIPT LOAD answered.
redis::Command send_command(const std::string& digest,
                            const SendCall& call,
                            const cluster::KeyNames& keys,
                            const Channels& channels);

/// Errors: `internal` if the reply is not one of the script's. Not for error replies.
Result<SendAnswer> decode_send_answer(const redis::Reply& reply);

}  // namespace rotacast::bridge
