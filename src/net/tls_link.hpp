#pragma once

// A TLS connection as a server, by OpenSSL on the socket itself: what it seals goes from its own
// buffer into the kernel, and what comes is opened from the kernel's (ADR 0069).

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/loops.hpp"

namespace rotacast::net {

/// Uses the loop's own executor type: smaller and faster than any_io_executor.
using Socket = asio::basic_stream_socket<asio::ip::tcp, Loop::Executor>;

/// Has the readiness interface of Stream. No step waits, and while a connection is idle neither
/// this nor OpenSSL holds a buffer. Kept alive by its own pending operations. Lives on one loop.
class TlsLink : public std::enable_shared_from_this<TlsLink> {
  public:
    using error_code = boost::system::error_code;

    /// Throws std::bad_alloc.
    TlsLink(Socket socket, const std::shared_ptr<asio::ssl::context>& context);

    Socket& socket() noexcept { return socket_; }

    enum class Handshake : std::uint8_t { done, wants_bytes, failed };

    /// Goes on with the handshake as far as possible. After `wants_bytes`: call it again when the
    /// socket is readable. Costs up to a millisecond of computing.
    Handshake go_on_with_handshake();

    /// 0 with or without an error, as in IoStep. The end of the stream is `eof`, also without
    /// close_notify: the protocols above detect truncated messages themselves.
    std::size_t read_some(std::span<std::uint8_t> out, error_code& error);

    /// Seals from the front of `pieces`, and sends it with one system call for up to 100 KB. What
    /// the kernel does not accept of that is kept: then nothing more is taken until flush() has
    /// sent it.
    std::size_t write_some(std::span<const std::string_view> pieces, error_code& error);
    void flush(error_code& error);
    bool flushing() const noexcept { return !unsent_.empty(); }

    /// Sends close_notify (RFC 8446 §6.1), then ends the stream. Reading continues.
    void shutdown_send();

    template <class Handler>
    void wait_readable(Handler handler) {
        if (has_unread()) {
            asio::post(socket_.get_executor(), [handler = std::move(handler)]() mutable {
                std::move(handler)(error_code{});
            });
            return;
        }
        // Keeps this alive: the handler's owner may be gone when the wait is aborted.
        socket_.async_wait(
            Socket::wait_read,
            [self = shared_from_this(), handler = std::move(handler)](error_code error) mutable {
                self->starved_ = false;
                std::move(handler)(error);
            });
    }

    template <class Handler>
    void wait_writable(Handler handler) {
        socket_.async_wait(Socket::wait_write,
                           [self = shared_from_this(), handler = std::move(handler)](
                               error_code error) mutable { std::move(handler)(error); });
    }

  private:
    friend struct TlsTransport;

    struct Free {
        void operator()(SSL* session) const noexcept;
    };

    bool has_unread() const noexcept;
    bool seal(std::string_view bytes, bool more_follows);
    int to_kernel(std::string_view record) noexcept;
    int from_kernel(std::span<char> out) noexcept;
    error_code failure(int result) const;
    void end_when_sent();

    Socket socket_;
    std::unique_ptr<SSL, Free> session_;
    std::string unsent_;            // sealed bytes that the kernel did not accept
    error_code broken_;             // of the socket
    bool starved_ = false;          // OpenSSL needs more bytes than have come
    bool ended_ = false;            // the peer has ended its stream
    bool ending_ = false;           // close_notify was sealed
};

}  // namespace rotacast::net
