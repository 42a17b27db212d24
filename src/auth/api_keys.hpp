#pragma once

// The port to the API keys with which back ends publish.

#include "base/error.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::auth {

struct ApiKeyOptions {
    /// An event is refused if a member of it would be ignored, or if no client would be sent it.
    bool strict = false;
};

struct ApiKey {
    std::string name;
    Timestamp created_at;
    ApiKeyOptions options;
};

/// Thread: any; every method blocks (on a disk, perhaps on another process), so never call on a
/// loop's thread. Others may change the store at any time, also from other processes. Errors:
/// `unavailable` if the store cannot be read or written, `not_found` if there is no key of that
/// name, `conflict` if the name is taken, `invalid_field` for a bad name.
class ApiKeys {
  public:
    virtual ~ApiKeys() = default;

    /// Returns the key itself, once: `rk_` and 32 random bytes; only its SHA-256 is stored.
    virtual Result<std::string> add_api_key(std::string_view name, ApiKeyOptions options) = 0;
    /// nullopt if the key is not known.
    virtual Result<std::optional<ApiKey>> find_api_key(std::string_view key) = 0;
    virtual Result<std::vector<ApiKey>> list_api_keys() = 0;  ///< by name
    virtual Result<void> revoke_api_key(std::string_view name) = 0;
};

}  // namespace rotacast::auth
