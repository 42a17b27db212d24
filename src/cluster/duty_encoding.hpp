#pragma once

// The calls of hold_duties.lua and write_copy.lua as words for Redis, and what Redis has of a copy.

#include "base/error.hpp"
#include "cluster/duty_division.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"

#include <string>
#include <vector>

namespace rotacast::cluster {

/// The names of the keys; docs/redis.md says what they hold.
struct DutyKeys {
    explicit DutyKeys(const std::string& prefix);

    std::string duties;
    // What the names of a subscriber's keys begin with.
    std::string duty, rows, whole;
};

/// Who asks.
struct DutyCaller {
    std::string node;      ///< id
    std::string identity;  ///< of the Redis process and its replication
    Milliseconds lease;
};

// Each adds what follows the script's digest.
void add_arguments(redis::Command& command,
                   const HoldDuties& call,
                   const DutyCaller& caller,
                   const DutyKeys& keys);
void add_arguments(redis::Command& command,
                   const WriteCopy& call,
                   const std::string& node,
                   const DutyKeys& keys);

/// Errors: `internal` if the reply is not the script's.
Result<std::vector<DutyAnswer>> decode_duties(const redis::Reply& reply);

/// Adds the rows of an answer to HSCAN to the copy; returns the cursor that goes on, `0` at the
/// end. Errors: `internal` if the reply is not HSCAN's.
Result<std::string> decode_rows(const redis::Reply& reply, store::SubscriberCopy& copy);

}  // namespace rotacast::cluster
