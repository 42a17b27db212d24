#pragma once

// What checks the tokens and API keys that requests and connections present.

#include "auth/api_keys.hpp"
#include "auth/authenticator.hpp"
#include "net/worker_pool.hpp"

#include <string>
#include <vector>

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct CredentialCheck {
    auth::Authenticator& authenticator;
    auth::ApiKeys& api_keys;
    net::WorkerPool& directory_pool;           ///< for all that reads the directory: it blocks
    std::vector<std::string> allowed_origins;  ///< whose pages may send a cookie
};

}  // namespace rotacast::live
