#pragma once

// Fetches one small document from another server.

#include "base/error.hpp"
#include "http/client.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace rotacast::http {

struct FetchLimits {
    std::size_t body_bytes_max = 256 * 1024;
    /// For the whole fetch, from name resolution to the last byte.
    std::chrono::milliseconds patience{5'000};
};

/// Threads as for Client.
class Fetch {
  public:
    explicit Fetch(FetchLimits limits);

    /// Blocks until the whole body of a 200 was received or a limit was reached. Errors:
    /// `unavailable` with a message that contains no part of the address.
    Result<std::string> get(const Url& url);

    /// As Client::cancel().
    void cancel() { client_.cancel(); }

  private:
    Client client_;
};

}  // namespace rotacast::http
