#pragma once

// Reads requests from a connection (RFC 9112), part by part as they are asked for.

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "config/http.hpp"
#include "http/deadline.hpp"
#include "http/message.hpp"
#include "net/stream.hpp"

namespace rotacast::http {

/// How large requests may be, and how long they may take to arrive.
struct RequestLimits {
    // Beyond it: 431
    std::uint32_t header_bytes_max = static_cast<std::uint32_t>(config::Http{}.header_bytes_max);
    std::uint64_t body_bytes_max = config::Http{}.max_body_bytes;  // beyond it: 413
    // From the first byte; also for the TLS handshake
    std::chrono::milliseconds header_timeout =
        std::chrono::seconds(config::Http{}.header_timeout_s);
    std::chrono::milliseconds body_timeout{30'000};
};

/// What was received of a request before its body.
struct RequestHead {
    Request request;  // with its body, if all of that had arrived, too
    /// Set if it is no valid head: the response. `request` is then what could be read of it.
    std::optional<Response> refusal;
};

/// The reading half of a connection. Reads heads one after the other, each with the body only if it
/// is there already; the rest of a body when read_body() is called. One call at a time. Lives
/// beside its stream and the connection's deadline, on one loop.
class RequestReader {
  public:
    /// All references outlive it.
    RequestReader(net::Stream& stream, Deadline& deadline, const RequestLimits& limits)
        : stream_(stream), deadline_(deadline), limits_(limits) {}

    /// Waits for the first byte of the next request, without holding a buffer. False: none comes.
    asio::awaitable<bool> wait_for_request();
    /// Whether wait_for_request() waits.
    bool waiting() const noexcept { return waiting_; }

    /// Of the request that wait_for_request() found. Refusals: 400, 408, 431.
    asio::awaitable<RequestHead> read_head();

    /// Reads the rest of the body into `request`, which read_head() returned; sends `100 Continue`
    /// first if the client waits for it. A body that says that it is too large is refused without
    /// either. Refusals: 400, 408, 413.
    asio::awaitable<std::optional<Response>> read_body(Request& request, std::uint64_t bytes_max);
    /// Whether the present request has a body that was not read to its end.
    bool body_left() const { return parser_ && !parser_->is_done(); }

    /// Whether the client disconnected in the middle of a request. The refusal that was returned
    /// then needs not be sent.
    bool gone() const noexcept { return gone_; }

    /// Ends the connection without losing the last response: unread bytes would turn its end into a
    /// reset, which can overtake the response, and proxies take that for a failure of the server.
    /// So our half ends first (over TLS last), and what the client still sends is read and dropped,
    /// within bounds.
    asio::awaitable<void> linger(std::span<std::uint8_t> scratch);

    /// What was received behind the last request.
    std::span<std::uint8_t> early() noexcept {
        return {static_cast<std::uint8_t*>(buffer_.data().data()), buffer_.size()};
    }

  private:
    using Parser = beast::http::request_parser<beast::http::string_body>;
    using Refusal = std::optional<Response>;

    asio::awaitable<Refusal> read_header();
    bool body_is_at_hand() const;
    asio::awaitable<Refusal> read_rest(std::uint64_t bytes_max);
    asio::awaitable<net::error_code> read_more();
    asio::awaitable<void> drop(std::uint64_t bytes_max,
                               std::chrono::steady_clock::time_point end,
                               std::span<std::uint8_t> scratch);
    Response refusal_of(net::error_code error, std::uint64_t body_bytes_max) const;
    Response late(const char* what);

    net::Stream& stream_;
    Deadline& deadline_;
    const RequestLimits& limits_;
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;  // of the present request
    bool waiting_ = false;
    bool gone_ = false;
};

}  // namespace rotacast::http
