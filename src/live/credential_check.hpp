#pragma once

// What checks the tokens and API keys that requests and connections present.

#include "auth/api_keys.hpp"
#include "auth/authenticator.hpp"
#include "http/page_origin.hpp"
#include "net/worker_pool.hpp"

namespace rotacast::live {

/// Everything it refers to outlives the loops.
struct CredentialCheck {
    auth::Authenticator& authenticator;
    auth::ApiKeys& api_keys;
    net::WorkerPool& directory_pool;       ///< for all that reads the directory: it blocks
    http::AllowedOrigins allowed_origins;  ///< whose pages may send a cookie
};

}  // namespace rotacast::live
