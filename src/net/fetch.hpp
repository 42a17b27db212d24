#pragma once

// One small document from another server.

#include "base/error.hpp"
#include "net/http_client.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace rotacast::net {

struct FetchLimits {
    std::size_t body_bytes_max = 256 * 1024;
    /// For all of it, from the name's resolution to the last byte.
    std::chrono::milliseconds patience{5'000};
};

/// Threads as HttpClient.
class Fetch {
  public:
    explicit Fetch(FetchLimits limits);

    /// Blocks until the body of a 200 has come whole, or its limits are reached. `unavailable`
    /// with a message that names no part of the address.
    Result<std::string> get(const HttpUrl& url);

    /// As HttpClient::cancel().
    void cancel() { client_.cancel(); }

  private:
    HttpClient client_;
};

}  // namespace rotacast::net
