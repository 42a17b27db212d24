#pragma once

// A small publisher over HTTP/1.1: one connection kept alive, one request at a time, no TLS. It
// knows nothing of the server's inside; the demo publishes through it like any back end.

#include "base/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <atomic>
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
    /// `url` is `http://ADDRESS:PORT` with a literal address; else every post() fails.
    IntakeClient(std::string_view url, std::string api_key);

    /// Blocks for at most ten seconds. Connects when needed; once more when the server had closed
    /// the kept connection. `unavailable` when there is no answer.
    Result<HttpReply> post(std::string_view target,
                           std::string_view idempotency_key,
                           std::string body);

    /// Ends a running post() at once and makes every later one fail.
    void cancel();

  private:
    Result<HttpReply> exchange(std::string_view target,
                               std::string_view idempotency_key,
                               const std::string& body);
    bool connect();
    bool run(boost::system::error_code& result);

    std::string host_;
    std::string port_;
    std::string api_key_;
    boost::asio::io_context io_{1};
    boost::beast::tcp_stream stream_{io_};
    boost::beast::flat_buffer buffer_;
    bool connected_ = false;
    std::atomic<bool> cancelled_ = false;
};

}  // namespace rotacast::net
