#pragma once

// The call of exchange_facts.lua as words for Redis, and its reply as facts.

#include "base/error.hpp"
#include "cluster/fact_exchange.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"

#include <string>

namespace rotacast::cluster {

/// The names of the keys; docs/redis.md says what they hold.
struct FactKeys {
    explicit FactKeys(const std::string& prefix);

    std::string fact;  ///< what the names of facts begin with
    std::string facts, changed, expiring;
};

/// Adds what follows the script's digest.
void add_arguments(redis::Command& command, const ExchangeFacts& call, const FactKeys& keys);

/// Errors: `internal` if the reply is not the script's.
Result<ExchangedFacts> decode_facts(const redis::Reply& reply);

}  // namespace rotacast::cluster
