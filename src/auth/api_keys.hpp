#pragma once

// The port to the keys by which back ends publish.

#include "base/error.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

struct ApiKey {
    std::string name;
    Timestamp created_at;
};

/// Thread: any; every method blocks (on a disk, perhaps on another process), so not on a loop's
/// thread. Others may change the store at any time, from other processes too. Errors: `unavailable`
/// when it cannot answer, `not_found` when there is no key of a name, `conflict` when the name is
/// taken, `invalid_field` for a bad name.
class ApiKeys {
  public:
    virtual ~ApiKeys() = default;

    /// The key itself, told once: `rk_` and 32 random bytes; only its SHA-256 is kept.
    virtual Result<std::string> add_api_key(std::string_view name) = 0;
    /// The name of the key.
    virtual Result<std::optional<std::string>> find_api_key(std::string_view key) = 0;
    virtual Result<std::vector<ApiKey>> list_api_keys() = 0;  ///< by name
    virtual Result<void> revoke_api_key(std::string_view name) = 0;
};

}  // namespace rotacast::auth
