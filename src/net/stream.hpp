#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "hub/frame.hpp"
#include "net/loops.hpp"
#include "net/tls_link.hpp"

namespace rotacast::net {

using boost::system::error_code;

/// Reads of one connection before the loop serves others.
inline constexpr int reads_per_turn_max = 8;

/// The result of a non-blocking step. No bytes and no error: nothing is possible at the moment.
struct IoStep {
    std::size_t bytes = 0;
    error_code error;

    bool would_block() const noexcept { return bytes == 0 && !error; }
};

/// A connected socket, plain or TLS, as a stream of bytes with a readiness interface: wait, then
/// read or write what is possible without waiting. So a waiting session holds no buffer and does
/// not depend on which of the two it is.
///
/// At most one wait_readable() and one wait_writable() at a time. Lives on one loop.
class Stream {
  public:
    explicit Stream(Socket socket) : link_(std::move(socket)) {}
    Stream(Socket socket, const std::shared_ptr<asio::ssl::context>& tls)
        : link_(std::make_shared<TlsLink>(std::move(socket), tls)) {}

    bool secure() const noexcept { return link_.index() == 1; }
    Socket& socket() noexcept {
        auto* tls = std::get_if<1>(&link_);
        return tls ? (*tls)->socket() : *std::get_if<0>(&link_);
    }

    enum class Handshake { agreed, failed, plain_http };

    /// TLS handshake as the server; does nothing for a plain stream. If the client speaks HTTP
    /// without TLS, the result is plain_http, and this is a plain stream from then on, of which
    /// nothing was read. `turns`: of the loop. The stream must stay where it is meanwhile.
    asio::awaitable<Handshake> handshake(TurnQueue& turns);

    /// At the end of the stream the error is asio::error::eof.
    IoStep read_some(std::span<std::uint8_t> out);
    /// Sends from the front of `pieces` (at most 64) as much as possible without waiting.
    IoStep write_some(std::span<const std::string_view> pieces);
    IoStep write_some(std::string_view bytes) { return write_some({&bytes, 1}); }
    /// Sends from the front of `frame`, without copying if it has pages (plain only).
    IoStep write_some(const hub::Frame& frame);

    /// Whether the kernel has not yet accepted all that write_some() did (TLS only): then that takes
    /// nothing more until flush() has passed on the rest.
    bool flushing() const noexcept { return secure() && std::get<1>(link_)->flushing(); }
    /// Call it when the stream is writable. Returns an error if the connection is broken.
    error_code flush();

    /// Calls `token`'s handler with an error_code when read_some() can return something.
    template <class Token>
    auto wait_readable(Token&& token) {
        return asio::async_initiate<Token, void(error_code)>(
            [this](auto handler) {
                if (secure()) {
                    std::get<1>(link_)->wait_readable(std::move(handler));
                } else {
                    std::get<0>(link_).async_wait(Socket::wait_read, std::move(handler));
                }
            },
            token);
    }

    /// The same for when write_some() or flush() can go on.
    template <class Token>
    auto wait_writable(Token&& token) {
        return asio::async_initiate<Token, void(error_code)>(
            [this](auto handler) {
                if (secure()) {
                    std::get<1>(link_)->wait_writable(std::move(handler));
                } else {
                    std::get<0>(link_).async_wait(Socket::wait_write, std::move(handler));
                }
            },
            token);
    }

    /// Sends all of `bytes`, waiting as needed.
    asio::awaitable<error_code> write_all(std::string_view bytes);

    /// Signals that nothing more will be sent; reading continues.
    void shutdown_send() noexcept;
    /// Ends pending waits with operation_aborted.
    void cancel() noexcept;
    void close() noexcept;

  private:
    asio::awaitable<bool> agree(TurnQueue& turns, std::shared_ptr<TlsLink> link);
    asio::awaitable<error_code> flush_all();

    std::variant<Socket, std::shared_ptr<TlsLink>> link_;
};

}  // namespace rotacast::net
