#pragma once

// A small publisher: one kept connection, one request at a time. It knows nothing of the server's
// internals; the demo publishes through it as any back end would.

#include "base/error.hpp"
#include "http/client.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::http {

/// A response. Statuses other than 2xx are responses too, not errors.
struct IntakeReply {
    int status = 0;
    std::optional<std::chrono::seconds> retry_after;
    std::string body;
};

/// One thread calls post(); any thread may call cancel().
class IntakeClient {
  public:
    /// `url`: of the server, as parse_url() accepts it; otherwise every post() fails.
    IntakeClient(std::string_view url, std::string api_key);

    /// Blocks for at most ten seconds. The idempotency key makes it safe to send a request again
    /// after the server closed the kept connection. Errors: `unavailable` if there is no response.
    Result<IntakeReply> post(std::string_view target,
                             std::string_view idempotency_key,
                             std::string body);

    /// Ends a running post() at once and makes every later one fail.
    void cancel() { client_.cancel(); }

  private:
    std::optional<Url> server_;
    std::string api_key_;
    Client client_;
};

}  // namespace rotacast::http
