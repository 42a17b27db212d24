#pragma once

// The calls of the scripts as words for Redis, and its replies as answers. The scripts are in
// scripts/; script_calls.hpp says what they do.

#include "base/error.hpp"
#include "cluster/script_calls.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace rotacast::cluster {

/// The names of the keys (script_calls.hpp). `{prefix}` in braces is Redis' hash tag: whatever has
/// it is on one node of a Redis Cluster, as a script's keys must be.
struct KeyNames {
    explicit KeyNames(const std::string& prefix);

    std::string tag;  ///< `{prefix}:`
    std::string stream, head, epochs, nodes, said, awaited, versions;
};

/// How long events and keys are remembered, so that a repeated request is recognised.
struct ScriptOptions {
    std::chrono::milliseconds memory = std::chrono::hours(24);
};

/// The whole text of the script that carries out a call. Lives as long as the process.
std::string_view script_of(const ScriptCall& call);

/// Adds what follows the script's text or digest: the number of keys, the keys, the arguments.
void add_arguments(redis::Command& command,
                   const ScriptCall& call,
                   const KeyNames& keys,
                   const ScriptOptions& options);

/// Errors: `internal` if the reply is not one of the script's; an error reply is one of these too.
Result<ScriptAnswer> decode_answer(const ScriptCall& call, const redis::Reply& reply);

/// One entry of XREAD's or XRANGE's reply. Errors: `internal` if a script did not write it.
Result<StreamRecord> decode_record(const redis::Reply& entry);

}  // namespace rotacast::cluster
