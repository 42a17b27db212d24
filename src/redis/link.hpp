#pragma once

// A connected socket to Redis, plain or TLS, as a stream of bytes.

#include "net/as_result.hpp"
#include "redis/refusal.hpp"
#include "redis/url.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace rotacast::redis {

namespace asio = boost::asio;
using boost::system::error_code;

/// Lives on one executor that runs one handler at a time. At most one read and one write at once;
/// it must outlive both.
class Link {
  public:
    /// `tls`: nullptr for a plain connection. Shared with other connections.
    Link(const asio::any_io_executor& executor, std::shared_ptr<asio::ssl::context> tls)
        : socket_(executor), context_(std::move(tls)) {}

    /// Resolves the name, connects to the first address that answers, agrees on TLS and checks that
    /// the certificate is for this name or address. Once. Has no time-out: close() ends it, except
    /// that the system's resolver is waited for.
    asio::awaitable<std::optional<Refusal>> connect(Address address);

    asio::awaitable<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer to) {
        return tls_ ? tls_->async_read_some(to, net::as_result)
                    : socket_.async_read_some(to, net::as_result);
    }

    /// Calls `done(error, size)` when all of `bytes`, which must stay valid, is written.
    template <class Done>
    void write(asio::const_buffer bytes, Done done) {
        if (tls_)
            asio::async_write(*tls_, bytes, std::move(done));
        else
            asio::async_write(socket_, bytes, std::move(done));
    }

    /// Whether connect() has succeeded.
    bool is_ready() const { return is_ready_; }

    /// Ends pending reads and writes with an error.
    void close();

  private:
    asio::awaitable<std::optional<Refusal>> agree_on_tls(Address address);

    asio::ip::tcp::socket socket_;
    std::shared_ptr<asio::ssl::context> context_;
    std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
    bool is_ready_ = false;
    bool is_closed_ = false;
};

}  // namespace rotacast::redis
