#include "load/channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace rotacast::bench {

namespace {

constexpr int give_up_ms = 10'000;

/// The sessions that servers offered; the client's thread is the only one.
class Sessions {
  public:
    static Sessions& all() {
        static Sessions one;
        return one;
    }

    [[nodiscard]] SSL_CTX* context() const { return context_; }
    [[nodiscard]] SSL_SESSION* latest() const { return latest_; }

  private:
    Sessions() : context_(SSL_CTX_new(TLS_client_method())) {
        if (context_ == nullptr) throw std::runtime_error("OpenSSL has no TLS");
        SSL_CTX_set_session_cache_mode(context_,
                                       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(context_, keep);
        // So that 20,000 clients need no 700 MB.
        SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    }

    static int keep(SSL* /*connection*/, SSL_SESSION* session) {
        SSL_SESSION_free(std::exchange(all().latest_, session));
        return 1;
    }

    SSL_CTX* context_;
    SSL_SESSION* latest_ = nullptr;
};

[[noreturn]] void fail_tls(const char* what) {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    throw std::runtime_error(std::string("TLS ") + what + ": " + (reason ? reason : "it ended"));
}

}  // namespace

void Channel::Free::operator()(SSL* session) const noexcept {
    // Without, OpenSSL would forget that the session can be resumed.
    SSL_set_quiet_shutdown(session, 1);
    SSL_shutdown(session);
    SSL_free(session);
}

Channel::Channel(const Connect& how) : socket_(connect_loopback(how)) {
    if (how.tls == Tls::none) return;
    session_.reset(SSL_new(Sessions::all().context()));
    if (!session_ || SSL_set_fd(session_.get(), fd()) != 1) fail_tls("setup");
    if (how.tls == Tls::resumed && Sessions::all().latest() != nullptr)
        SSL_set_session(session_.get(), Sessions::all().latest());
    if (SSL_connect(session_.get()) != 1) fail_tls("handshake");
}

bool Channel::resumed() const {
    return session_ && SSL_session_reused(session_.get()) == 1;
}

ssize_t Channel::receive(char* into, std::size_t size) {
    if (!session_) return recv(fd(), into, size, 0);
    ERR_clear_error();
    errno = 0;
    const int got = SSL_read(session_.get(), into, static_cast<int>(size));
    if (got > 0) return got;
    switch (SSL_get_error(session_.get(), got)) {
        case SSL_ERROR_WANT_READ: errno = EAGAIN; return -1;
        case SSL_ERROR_ZERO_RETURN: return 0;
        default: return errno == 0 ? 0 : -1;
    }
}

void Channel::send(std::string_view bytes) {
    if (!session_) {
        send_all(fd(), bytes);
        return;
    }
    ERR_clear_error();
    for (;;) {
        const int sent = SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
        if (sent > 0) return;
        if (SSL_get_error(session_.get(), sent) != SSL_ERROR_WANT_WRITE) fail_tls("write");
        pollfd writable{.fd = fd(), .events = POLLOUT, .revents = 0};
        if (poll(&writable, 1, give_up_ms) <= 0) fail_errno("send: not writable");
    }
}

}  // namespace rotacast::bench
