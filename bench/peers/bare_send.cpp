// The lower limit: the cost of the kernel alone. Accepts the load client's upgrade. On `POST
// /publish?burst=B` it sends one prepared buffer of B frames, whose payload is the request's body,
// to every WebSocket connection with one send() each; with --pages, with one sendfile() each from a
// file in memory that is written once per burst; with --tls CERTIFICATE KEY, with one SSL_write()
// each. It queues, parses and looks up nothing per delivery. It works only with rotacast_load: the response to the upgrade is the constant that
// matches that client's key (RFC 6455 §1.3).

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

using Bytes = std::shared_ptr<const std::string>;

struct Connection {
    int fd;
    SSL* tls = nullptr;  // owned
    bool websocket = false;
    std::string received;
    Bytes pending;  // what the kernel has not accepted, from `sent` on
    std::size_t sent = 0;
};

std::string server_frame(std::string_view payload) {
    std::string frame(1, static_cast<char>(0x81));
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(payload.size()));
    } else {
        frame.push_back(126);
        frame.push_back(static_cast<char>(payload.size() >> 8U));
        frame.push_back(static_cast<char>(payload.size() & 0xffU));
    }
    return frame.append(payload);
}

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

class BareServer {
  public:
    BareServer(bool pages, SSL_CTX* tls)
        : pages_(pages), tls_(tls), epoll_(epoll_create1(0)), listener_(listen_on_loopback()) {
        watch(listener_);
    }

    void run() {
        std::array<epoll_event, 256> ready{};
        for (;;) {
            const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
            for (int i = 0; i < count; ++i) {
                const epoll_event& event = ready[static_cast<std::size_t>(i)];
                if (event.data.fd == listener_) {
                    accept_all();
                } else {
                    on_ready(connections_.at(event.data.fd), event.events);
                }
            }
        }
    }

  private:
    static int listen_on_loopback() {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (bind(fd, generic, size) != 0 || listen(fd, 1024) != 0) fail("listen");
        getsockname(fd, generic, &size);
        std::printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
        std::fflush(stdout);
        return fd;
    }

    void watch(int fd) {
        epoll_event interest{};
        interest.events = EPOLLIN;
        interest.data.fd = fd;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &interest);
    }

    void want_write(int fd, bool wanted) {
        epoll_event interest{};
        interest.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
        interest.data.fd = fd;
        epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &interest);
    }

    void accept_all() {
        for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
            const int on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            SSL* tls = tls_ == nullptr ? nullptr : SSL_new(tls_);
            if (tls != nullptr) {
                SSL_set_fd(tls, fd);
                SSL_set_accept_state(tls);
            }
            connections_.emplace(fd, Connection{.fd = fd, .tls = tls, .received = {}, .pending = {}});
            watch(fd);
        }
    }

    void on_ready(Connection& connection, unsigned events) {
        if ((events & EPOLLOUT) != 0) send_rest(connection);
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
        const ssize_t got = receive(connection);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            SSL_free(connection.tls);
            close(connection.fd);
            connections_.erase(connection.fd);
            return;
        }
        const std::string_view bytes(scratch_.data(), static_cast<std::size_t>(got));
        if (connection.websocket) {
            on_frames(connection, bytes);
        } else {
            on_http(connection, bytes);
        }
    }

    /// As recv().
    ssize_t receive(Connection& connection) {
        if (connection.tls == nullptr)
            return recv(connection.fd, scratch_.data(), scratch_.size(), 0);
        ERR_clear_error();
        errno = 0;
        const int got =
            SSL_read(connection.tls, scratch_.data(), static_cast<int>(scratch_.size()));
        if (got <= 0 && SSL_get_error(connection.tls, got) == SSL_ERROR_WANT_READ) errno = EAGAIN;
        return got;
    }

    /// As send(). Over TLS all or nothing; what is sent again must be the same.
    static ssize_t send_some(Connection& connection, std::string_view bytes) {
        if (connection.tls == nullptr)
            return send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        ERR_clear_error();
        return SSL_write(connection.tls, bytes.data(), static_cast<int>(bytes.size()));
    }

    /// Answers only the barrier. The client masks with zero, so its text can be searched.
    static void on_frames(Connection& connection, std::string_view bytes) {
        if (bytes.find(R"("ping")") == std::string_view::npos) return;
        send_now(connection, server_frame(R"({"event_type":"pong"})"));
    }

    void on_http(Connection& connection, std::string_view bytes) {
        connection.received.append(bytes);
        const std::string_view request = connection.received;
        const auto end = request.find("\r\n\r\n");
        if (end == std::string_view::npos) return;
        const auto length_at = request.find("Content-Length: ");
        const std::size_t length =
            length_at < end ? std::strtoul(request.data() + length_at + 16, nullptr, 10) : 0;
        const std::string_view body = request.substr(end + 4);
        if (body.size() < length) return;
        answer(connection, request.substr(0, end), body);
        connection.received.clear();
    }

    void answer(Connection& connection, std::string_view head, std::string_view body) {
        if (head.starts_with("GET /ws")) {
            connection.websocket = true;
            send_now(connection,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" +
                         server_frame(R"({"event_type":"connection_ack"})"));
            return;
        }
        const auto at = head.find("burst=");
        if (at != std::string_view::npos) {
            publish(std::strtoul(head.data() + at + 6, nullptr, 10), body);
        }
        send_now(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }

    static void send_now(Connection& connection, const std::string& bytes) {
        if (send_some(connection, bytes) < 0) fail("send");
    }

    void publish(std::size_t burst, std::string_view payload) {
        const Bytes batch = batch_of(burst, payload);
        const int file = pages_ ? file_of(*batch) : -1;
        for (auto& [fd, connection] : connections_) {
            if (!connection.websocket || connection.pending) continue;
            off_t from = 0;
            const ssize_t sent = pages_ ? sendfile(fd, file, &from, batch->size())
                                        : send_some(connection, *batch);
            const auto taken = static_cast<std::size_t>(sent < 0 ? 0 : sent);
            if (taken == batch->size()) continue;
            connection.pending = batch;
            connection.sent = taken;
            want_write(fd, true);
        }
        if (pages_) close(file);
    }

    static int file_of(const std::string& bytes) {
        const int file = memfd_create("burst", MFD_CLOEXEC);
        if (write(file, bytes.data(), bytes.size()) < 0) fail("write");
        return file;
    }

    void send_rest(Connection& connection) {
        if (!connection.pending) return;
        const std::string_view rest = std::string_view(*connection.pending).substr(connection.sent);
        const ssize_t sent = send_some(connection, rest);
        if (sent > 0) connection.sent += static_cast<std::size_t>(sent);
        if (connection.sent < connection.pending->size()) return;
        connection.pending.reset();
        want_write(connection.fd, false);
    }

    Bytes batch_of(std::size_t burst, std::string_view payload) {
        if (batch_ && burst == batch_burst_ && payload == batch_payload_) return batch_;
        std::string bytes;
        for (std::size_t i = 0; i < burst; ++i) bytes += server_frame(payload);
        batch_ = std::make_shared<const std::string>(std::move(bytes));
        batch_burst_ = burst;
        batch_payload_ = payload;
        return batch_;
    }

    const bool pages_;
    SSL_CTX* const tls_;  // null: without
    int epoll_;
    int listener_;
    std::unordered_map<int, Connection> connections_;
    std::array<char, 65536> scratch_{};
    Bytes batch_;
    std::size_t batch_burst_ = 0;
    std::string batch_payload_;
};

SSL_CTX* context_of(const char* certificate, const char* key) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        std::exit(1);
    }
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    return context;
}

}  // namespace

int main(int count, char** words) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::string_view mode = count > 1 ? words[1] : "";
    SSL_CTX* tls = mode == "--tls" && count == 4 ? context_of(words[2], words[3]) : nullptr;
    BareServer(mode == "--pages", tls).run();
}
