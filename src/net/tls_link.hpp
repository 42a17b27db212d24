#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/loops.hpp"

namespace rotacast::net {

/// Uses the loop's own executor type: smaller and faster than any_io_executor.
using Socket = asio::basic_stream_socket<asio::ip::tcp, Loop::Executor>;

/// A TLS connection with the readiness interface of Stream. Reads one record ahead and accepts one
/// buffer of writes at a time; the buffers exist only while they are needed. Kept alive by its own
/// pending operations. Lives on one loop.
class TlsLink : public std::enable_shared_from_this<TlsLink> {
  public:
    using error_code = boost::system::error_code;

    TlsLink(Socket socket, std::shared_ptr<asio::ssl::context> context)
        : context_(std::move(context)),
          stream_(std::move(socket), *context_),
          written_(stream_.get_executor(), std::chrono::steady_clock::time_point::max()) {}

    Socket& socket() noexcept { return stream_.next_layer(); }
    asio::ssl::stream<Socket>& stream() noexcept { return stream_; }

    /// Takes bytes that were already read; 0 with or without an error, as in IoStep.
    std::size_t read_some(std::span<std::uint8_t> out, error_code& error);
    std::size_t write_some(std::span<const std::string_view> pieces, error_code& error);
    bool writing() const noexcept { return writing_; }
    void shutdown_send();

    template <class Handler>
    void wait_readable(Handler handler) {
        if (taken_ < incoming_.size() || read_error_) {
            asio::post(stream_.get_executor(), [handler = std::move(handler)]() mutable {
                std::move(handler)(error_code{});
            });
            return;
        }
        incoming_.resize(buffer_bytes);
        taken_ = incoming_.size();
        stream_.async_read_some(
            asio::buffer(incoming_),
            [self = shared_from_this(), handler = std::move(handler)](error_code error,
                                                                      std::size_t bytes) mutable {
                self->received(error, bytes);
                std::move(handler)(error == asio::error::operation_aborted ? error : error_code{});
            });
    }

    template <class Handler>
    void wait_writable(Handler handler) {
        if (!writing_) {
            asio::post(stream_.get_executor(), [handler = std::move(handler)]() mutable {
                std::move(handler)(error_code{});
            });
            return;
        }
        // The timer never expires by itself: the writer cancels it to signal that it is done.
        written_.async_wait([self = shared_from_this(), handler = std::move(handler)](
                                error_code) mutable { std::move(handler)(error_code{}); });
    }

  private:
    static constexpr std::size_t buffer_bytes = 16 * 1024;  // one TLS record

    void received(error_code error, std::size_t bytes);
    void write_outgoing();

    std::shared_ptr<asio::ssl::context> context_;
    asio::ssl::stream<Socket> stream_;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               Loop::Executor>
        written_;
    std::vector<std::uint8_t> incoming_;
    std::size_t taken_ = 0;
    std::string outgoing_;
    error_code read_error_;
    error_code write_error_;
    bool writing_ = false;
    bool shutting_down_ = false;
};

}  // namespace rotacast::net
