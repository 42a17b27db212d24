#include "net/stream.hpp"

#include "hub/shared_pages.hpp"
#include "net/as_result.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/sendfile.h>
#include <sys/socket.h>

namespace rotacast::net {
namespace {

constexpr std::size_t pieces_max = 64;

IoStep step_of(ssize_t result) {
    if (result >= 0) return {static_cast<std::size_t>(result), {}};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {};
    return {0, error_code(errno, boost::system::system_category())};
}

/// Whether the first byte that came begins the name of an HTTP method (RFC 9110 §9.1). The first
/// record of TLS begins with 0x16 (RFC 8446 §5.1).
bool begins_like_http(Socket& socket) {
    char first = 0;
    const ssize_t count = ::recv(socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 1 && first >= 'A' && first <= 'Z';
}

}  // namespace

// Looking at the first byte costs TLS clients nothing: otherwise OpenSSL would try to read before
// anything has come.
asio::awaitable<Stream::Handshake> Stream::handshake(TurnQueue& turns) {
    if (!secure()) co_return Handshake::agreed;
    const auto link = std::get<1>(link_);
    const auto [gone] = co_await link->socket().async_wait(Socket::wait_read, as_result);
    if (gone) co_return Handshake::failed;
    if (begins_like_http(link->socket())) {
        link_.emplace<0>(std::move(link->socket()));
        co_return Handshake::plain_http;
    }
    const bool agreed = co_await agree(turns, link);
    co_return agreed ? Handshake::agreed : Handshake::failed;
}

asio::awaitable<bool> Stream::agree(TurnQueue& turns, std::shared_ptr<TlsLink> link) {
    auto state = TlsLink::Handshake::wants_bytes;
    while (state == TlsLink::Handshake::wants_bytes) {
        const auto [gone] = co_await link->socket().async_wait(Socket::wait_read, as_result);
        if (gone) co_return false;
        co_await turns.wait(asio::use_awaitable);
        state = link->go_on_with_handshake();
        const auto unsent = co_await flush_all();
        if (unsent) co_return false;
    }
    co_return state == TlsLink::Handshake::done;
}

IoStep Stream::read_some(std::span<std::uint8_t> out) {
    if (secure()) {
        IoStep step;
        step.bytes = std::get<1>(link_)->read_some(out, step.error);
        return step;
    }
    const ssize_t result = ::recv(socket().native_handle(), out.data(), out.size(), MSG_DONTWAIT);
    if (result == 0 && !out.empty()) return {0, asio::error::eof};
    return step_of(result);
}

IoStep Stream::write_some(std::span<const std::string_view> pieces) {
    if (secure()) {
        IoStep step;
        step.bytes = std::get<1>(link_)->write_some(pieces, step.error);
        return step;
    }
    constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const int descriptor = socket().native_handle();
    if (pieces.size() == 1) {
        return step_of(::send(descriptor, pieces[0].data(), pieces[0].size(), flags));
    }
    std::array<iovec, pieces_max> parts;
    const std::size_t count = std::min(pieces.size(), parts.size());
    for (std::size_t i = 0; i < count; ++i) {
        parts[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    return step_of(::sendmsg(descriptor, &message, flags));
}

IoStep Stream::write_some(const hub::Frame& frame) {
    if (!frame.pages || secure()) return write_some(frame.bytes);
    off_t from = 0;
    const int descriptor = socket().native_handle();
    return step_of(::sendfile(descriptor, frame.pages->file(), &from, frame.pages->size()));
}

asio::awaitable<error_code> Stream::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const IoStep step = write_some(bytes);
        if (step.error) co_return step.error;
        bytes.remove_prefix(step.bytes);
        if (!step.would_block()) continue;
        const auto [error] = co_await wait_writable(as_result);
        if (error) co_return error;
        if (const auto broken = flush()) co_return broken;
    }
    co_return co_await flush_all();
}

asio::awaitable<error_code> Stream::flush_all() {
    while (flushing()) {
        const auto [error] = co_await wait_writable(as_result);
        if (error) co_return error;
        if (const auto broken = flush()) co_return broken;
    }
    co_return error_code{};
}

error_code Stream::flush() {
    error_code error;
    if (secure()) std::get<1>(link_)->flush(error);
    return error;
}

void Stream::shutdown_send() noexcept {
    if (secure()) {
        std::get<1>(link_)->shutdown_send();
    } else {
        error_code ignored;
        socket().shutdown(Socket::shutdown_send, ignored);
    }
}

void Stream::cancel() noexcept {
    error_code ignored;
    socket().cancel(ignored);
}

void Stream::close() noexcept {
    error_code ignored;
    socket().close(ignored);
}

}  // namespace rotacast::net
