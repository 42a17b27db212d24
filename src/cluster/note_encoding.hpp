#pragma once

// The call of exchange_notes.lua as words for Redis, and its reply as notes.

#include "base/error.hpp"
#include "cluster/note_exchange.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"

#include <optional>
#include <string>

namespace rotacast::cluster {

/// The names of the keys; docs/redis.md says what they hold.
struct NoteKeys {
    explicit NoteKeys(const std::string& prefix);

    std::string of_life;  ///< what the names of the lives' notes begin with
    std::string notes, changed, withdrawn, nodes;
};

/// Adds what follows the script's digest.
void add_arguments(redis::Command& command, const ExchangeNotes& call, const NoteKeys& keys);

/// nullopt: NoteExchange::must_begin(). Errors: `internal` if the reply is not the script's.
Result<std::optional<ExchangedNotes>> decode_notes(const redis::Reply& reply);

}  // namespace rotacast::cluster
