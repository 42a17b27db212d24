#pragma once

// A small publisher: one kept connection, one request at a time. It knows nothing of the server's
// inside; the demo publishes through it like any back end.

#include "base/error.hpp"
#include "net/http_client.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::net {

/// What came back. Statuses other than 2xx are answers too, not errors.
struct HttpReply {
    int status = 0;
    std::optional<std::chrono::seconds> retry_after;
    std::string body;
};

/// One thread calls post(); any thread may call cancel().
class IntakeClient {
  public:
    /// `url`: the server's, as parse_http_url() takes it; else every post() fails.
    IntakeClient(std::string_view url, std::string api_key);

    /// Blocks for at most ten seconds. The key makes it safe to send a request again whose kept
    /// connection the server had closed. `unavailable` when there is no answer.
    Result<HttpReply> post(std::string_view target,
                           std::string_view idempotency_key,
                           std::string body);

    /// Ends a running post() at once and makes every later one fail.
    void cancel() { client_.cancel(); }

  private:
    std::optional<HttpUrl> server_;
    std::string api_key_;
    HttpClient client_;
};

}  // namespace rotacast::net
