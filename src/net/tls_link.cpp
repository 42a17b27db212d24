#include "net/tls_link.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include <sys/socket.h>

namespace rotacast::net {
namespace {

constexpr std::size_t record_bytes_max = SSL3_RT_MAX_PLAIN_LENGTH;
/// Sealed bytes that are collected for one system call.
constexpr std::size_t collected_bytes_max = 4 * record_bytes_max;

/// What a thread needs while it seals; shared by all connections of its loop.
struct Workspace {
    std::string plain;   // small pieces that share a record
    std::string sealed;  // records before the one that is sent with them
    bool collecting = false;
};

Workspace& workspace() {
    thread_local Workspace one;
    return one;
}

/// The pieces as records: each as full as they allow, copied only where pieces share one.
class Records {
  public:
    explicit Records(std::span<const std::string_view> pieces) : pieces_(pieces) { skip_empty(); }

    bool left() const noexcept { return !pieces_.empty(); }

    std::string_view next(std::string& buffer) {
        const auto whole = pieces_.front().substr(from_, record_bytes_max);
        if (whole.size() == record_bytes_max || pieces_.size() == 1) return take(whole.size());
        buffer.clear();
        while (left() && buffer.size() < record_bytes_max)
            buffer += take(std::min(pieces_.front().size() - from_,
                                    record_bytes_max - buffer.size()));
        return buffer;
    }

  private:
    std::string_view take(std::size_t size) {
        const auto taken = pieces_.front().substr(from_, size);
        from_ += size;
        skip_empty();
        return taken;
    }

    void skip_empty() {
        while (left() && from_ == pieces_.front().size()) {
            pieces_ = pieces_.subspan(1);
            from_ = 0;
        }
    }

    std::span<const std::string_view> pieces_;
    std::size_t from_ = 0;  // in the first of them
};

boost::system::error_code last_of_system() {
    return {errno, boost::system::system_category()};
}

bool is_temporary(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/// As send(), which is faster than sendmsg() if it suffices.
ssize_t send_both(int fd, std::string_view first, std::string_view second) {
    constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    if (first.empty()) return ::send(fd, second.data(), second.size(), flags);
    std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                                {const_cast<char*>(second.data()), second.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    return ::sendmsg(fd, &message, flags);
}

}  // namespace

/// OpenSSL's view of the socket: a BIO that takes everything.
struct TlsTransport {
    static TlsLink& link(BIO* bio) { return *static_cast<TlsLink*>(BIO_get_data(bio)); }

    static int write(BIO* bio, const char* bytes, int size) {
        return link(bio).to_kernel({bytes, static_cast<std::size_t>(size)});
    }

    static int read(BIO* bio, char* out, int size) {
        const int got = link(bio).from_kernel({out, static_cast<std::size_t>(size)});
        BIO_clear_retry_flags(bio);
        if (got < 0 && !link(bio).broken_) BIO_set_retry_read(bio);
        return got;
    }

    static long control(BIO* bio, int command, long /*argument*/, void* /*pointer*/) {
        if (command == BIO_CTRL_EOF) return link(bio).ended_ ? 1 : 0;
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    static const BIO_METHOD* method() {
        static const auto* made = [] {
            auto* one = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
            BIO_meth_set_write(one, write);
            BIO_meth_set_read(one, read);
            BIO_meth_set_ctrl(one, control);
            return one;
        }();
        return made;
    }
};

void TlsLink::Free::operator()(SSL* session) const noexcept {
    SSL_free(session);
}

TlsLink::TlsLink(Socket socket, const std::shared_ptr<asio::ssl::context>& context)
    : socket_(std::move(socket)), session_(SSL_new(context->native_handle())) {
    auto* bio = session_ ? BIO_new(TlsTransport::method()) : nullptr;
    if (bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(session_.get(), bio, bio);
    SSL_set_accept_state(session_.get());
}

TlsLink::Handshake TlsLink::go_on_with_handshake() {
    starved_ = false;
    ERR_clear_error();
    const int result = SSL_do_handshake(session_.get());
    if (result == 1) return Handshake::done;
    if (SSL_get_error(session_.get(), result) == SSL_ERROR_WANT_READ) return Handshake::wants_bytes;
    return Handshake::failed;
}

bool TlsLink::has_unread() const noexcept {
    return !starved_ && SSL_has_pending(session_.get()) == 1;
}

std::size_t TlsLink::read_some(std::span<std::uint8_t> out, error_code& error) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(session_.get(), out.data(), out.size(), &count);
    if (result == 1) return count;
    if (SSL_get_error(session_.get(), result) == SSL_ERROR_WANT_READ) {
        starved_ = true;
    } else {
        error = failure(result);
    }
    return 0;
}

TlsLink::error_code TlsLink::failure(int result) const {
    if (broken_) return broken_;
    if (ended_ || SSL_get_error(session_.get(), result) == SSL_ERROR_ZERO_RETURN)
        return asio::error::eof;
    return {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()};
}

std::size_t TlsLink::write_some(std::span<const std::string_view> pieces, error_code& error) {
    std::size_t taken = 0;
    auto& space = workspace();
    for (Records records(pieces); records.left() && !flushing() && !ending_ && !broken_;) {
        const auto record = records.next(space.plain);
        if (!seal(record, records.left() && space.sealed.size() < collected_bytes_max)) break;
        taken += record.size();
    }
    error = broken_;
    return broken_ ? 0 : taken;
}

bool TlsLink::seal(std::string_view bytes, bool more_follows) {
    workspace().collecting = more_follows;
    ERR_clear_error();
    std::size_t count = 0;
    const bool sealed = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &count) == 1;
    workspace().collecting = false;
    if (!sealed && !broken_) broken_ = asio::error::connection_aborted;
    if (broken_) workspace().sealed.clear();
    return sealed;
}

// Called by OpenSSL, through which no exception may pass.
int TlsLink::to_kernel(std::string_view record) noexcept try {
    auto& before = workspace().sealed;
    if (workspace().collecting) {
        before += record;
    } else if (flushing()) {
        unsent_ += record;
    } else {
        const ssize_t result = send_both(socket_.native_handle(), before, record);
        if (result < 0 && !is_temporary(errno)) {
            broken_ = last_of_system();
            return -1;
        }
        const auto sent = static_cast<std::size_t>(std::max<ssize_t>(result, 0));
        if (sent < before.size()) unsent_.assign(before, sent);
        if (sent < before.size() + record.size())
            unsent_ += record.substr(sent - std::min(sent, before.size()));
        before.clear();
    }
    return static_cast<int>(record.size());
} catch (const std::bad_alloc&) {
    broken_ = asio::error::no_memory;
    return -1;
}

int TlsLink::from_kernel(std::span<char> out) noexcept {
    const ssize_t got = ::recv(socket_.native_handle(), out.data(), out.size(), MSG_DONTWAIT);
    if (got == 0) ended_ = true;
    if (got < 0 && !is_temporary(errno)) broken_ = last_of_system();
    return static_cast<int>(got);
}

void TlsLink::flush(error_code& error) {
    error = broken_;
    if (broken_ || !flushing()) return;
    const ssize_t sent = ::send(
        socket_.native_handle(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
        if (!is_temporary(errno)) broken_ = last_of_system();
    } else if (static_cast<std::size_t>(sent) == unsent_.size()) {
        unsent_ = {};
    } else {
        unsent_.erase(0, static_cast<std::size_t>(sent));
    }
    error = broken_;
}

void TlsLink::shutdown_send() {
    if (std::exchange(ending_, true)) return;
    ERR_clear_error();
    SSL_shutdown(session_.get());
    end_when_sent();
}

void TlsLink::end_when_sent() {
    error_code error;
    flush(error);
    if (!error && flushing()) {
        socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code aborted) {
            if (!aborted) self->end_when_sent();
        });
        return;
    }
    socket_.shutdown(Socket::shutdown_send, error);
}

}  // namespace rotacast::net
