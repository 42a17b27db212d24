#pragma once

// The port to what changed about who may do what, by whichever process.

#include "base/error.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::auth {

/// What happened behind one number and up to another.
struct AccessChanges {
    std::int64_t last_seq = 0;  ///< give it back the next time
    std::vector<Uuid> user_ids;
    std::vector<std::string> revoked_jtis;
    /// False when older changes were forgotten already: look at everybody again.
    bool complete = true;
};

/// Thread: any; every method blocks (on a disk, perhaps on another process), so not on a loop's
/// thread. Others may change the store at any time, from other processes too. Errors: `unavailable`
/// when it cannot answer.
class AccessChangeFeed {
  public:
    virtual ~AccessChangeFeed() = default;

    /// Users and revocations that changed after `seq`. At the start ask with 0 for `last_seq`.
    virtual Result<AccessChanges> changes_since(std::int64_t seq) = 0;
};

}  // namespace rotacast::auth
