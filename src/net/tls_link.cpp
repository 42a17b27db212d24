#include "net/tls_link.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstring>

namespace rotacast::net {

std::size_t TlsLink::read_some(std::span<std::uint8_t> out, error_code& error) {
    const std::size_t count = std::min(out.size(), incoming_.size() - taken_);
    if (count == 0) {
        error = read_error_;
        return 0;
    }
    std::memcpy(out.data(), incoming_.data() + taken_, count);
    taken_ += count;
    if (taken_ == incoming_.size()) {
        incoming_ = {};
        taken_ = 0;
    }
    return count;
}

void TlsLink::received(error_code error, std::size_t bytes) {
    incoming_.resize(bytes);
    taken_ = 0;
    if (bytes == 0) incoming_ = {};
    // An aborted wait is not an error of the connection.
    if (error && error != asio::error::operation_aborted) {
        // Treated as a normal end even without close_notify: the protocols above detect truncated
        // messages themselves.
        const bool over = error == asio::ssl::error::stream_truncated;
        read_error_ = over ? error_code(asio::error::eof) : error;
    }
}

std::size_t TlsLink::write_some(std::span<const std::string_view> pieces, error_code& error) {
    error = write_error_;
    if (writing_ || write_error_ || shutting_down_) return 0;
    for (const auto piece : pieces) {
        const std::size_t room = buffer_bytes - outgoing_.size();
        outgoing_.append(piece.substr(0, room));
        if (piece.size() >= room) break;
    }
    if (outgoing_.empty()) return 0;
    write_outgoing();
    return outgoing_.size();
}

void TlsLink::write_outgoing() {
    writing_ = true;
    asio::async_write(stream_,
                      asio::buffer(outgoing_),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          self->writing_ = false;
                          self->write_error_ = error;
                          self->outgoing_ = {};
                          self->written_.cancel();
                      });
}

void TlsLink::shutdown_send() {
    if (shutting_down_) return;
    shutting_down_ = true;
    stream_.async_shutdown([self = shared_from_this()](error_code) {
        error_code ignored;
        self->socket().shutdown(Socket::shutdown_send, ignored);
    });
}

}  // namespace rotacast::net
