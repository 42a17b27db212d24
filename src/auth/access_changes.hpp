#pragma once

// The port that reports changes of users and revocations, by any process.

#include "base/error.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::auth {

/// The changes after one sequence number, up to another.
struct AccessChanges {
    std::int64_t last_seq = 0;  ///< pass it to the next call
    std::vector<Uuid> user_ids;
    std::vector<std::string> revoked_jtis;
    /// False if older changes are no longer known: everybody must be checked again.
    bool complete = true;
};

/// Thread: any; every method blocks (on a disk, perhaps on another process), so never call on a
/// loop's thread. Others may change the store at any time, also from other processes. Errors:
/// `unavailable` if the store cannot be read.
class AccessChangeFeed {
  public:
    virtual ~AccessChangeFeed() = default;

    /// Users and revocations that changed after `seq`. First call with 0 to learn `last_seq`.
    virtual Result<AccessChanges> changes_since(std::int64_t seq) = 0;
};

}  // namespace rotacast::auth
