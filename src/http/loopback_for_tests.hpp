#pragma once

// For tests in this directory: a server on a free loopback port, and a blocking client with a
// deadline that sends and receives raw bytes.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/router.hpp"
#include "http/session.hpp"
#include "net/listener.hpp"
#include "net/loops.hpp"
#include "net/websocket_frames.hpp"

namespace rotacast::http::testing {

class LoopbackServer {
  public:
    explicit LoopbackServer(std::shared_ptr<const Router> router,
                            SessionOptions http = {},
                            net::ListenerOptions options = {})
        : loops_(2) {
        listener_ =
            net::Listener::open(
                loops_, options, serve(std::move(router), std::make_shared<SessionOptions>(http)))
                .value();
        loops_.start();
    }
    ~LoopbackServer() {
        listener_->stop();
        loops_.drain({}, {});
    }

    std::uint16_t port() const { return listener_->endpoint().port(); }
    net::Listener& listener() { return *listener_; }
    net::Loops& loops() { return loops_; }

  private:
    net::Loops loops_;
    std::shared_ptr<net::Listener> listener_;
};

/// Every read and write fails after ten seconds instead of hanging.
class RawClient {
  public:
    enum class Connect { now, later };

    explicit RawClient(std::uint16_t port,
                       int receive_buffer = 0,
                       Connect connect_when = Connect::now)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)), port_(port) {
        if (receive_buffer > 0) {
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        const timeval deadline{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
        if (connect_when == Connect::now) connect();
    }
    ~RawClient() { ::close(socket_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// Sends FIN and RST at once: the server's next write gets EPIPE, and SIGPIPE if that is not
    /// prevented.
    void end_and_reset() {
        ::shutdown(socket_, SHUT_WR);
        const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
        static_cast<void>(::connect(socket_, &nobody, sizeof nobody));
    }

    int descriptor() const { return socket_; }

    /// Call once, if constructed with Connect::later.
    void connect() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("cannot connect");
        }
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) throw std::runtime_error("cannot send");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Reads exactly that many bytes.
    std::string read(std::size_t count) {
        while (read_.size() < count) {
            if (!read_more()) throw std::runtime_error("the server ended the connection");
        }
        auto bytes = read_.substr(0, count);
        read_.erase(0, count);
        return bytes;
    }

    /// Reads up to and including `end`.
    std::string read_until(std::string_view end) {
        while (read_.find(end) == std::string::npos) {
            if (!read_more()) throw std::runtime_error("the server ended the connection");
        }
        return read(read_.find(end) + end.size());
    }

    /// Reads everything until the server ends the connection (by FIN; a reset throws).
    std::string read_all() {
        while (read_more()) {
        }
        return std::exchange(read_, {});
    }

    /// Reads head and body of one HTTP response.
    std::string read_response() {
        std::string head = read_until("\r\n\r\n");
        const auto at = head.find("Content-Length: ");
        if (at == std::string::npos) return head;
        return head + read(std::stoul(head.substr(at + 16)));
    }

    void open_websocket(std::string_view target = "/ws", std::string_view more_headers = {}) {
        send("GET " + std::string(target) +
             " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
             std::string(more_headers) + "\r\n");
        const std::string head = read_until("\r\n\r\n");
        if (!head.starts_with("HTTP/1.1 101 ")) throw std::runtime_error(head);
    }

    void send_frame(net::Opcode opcode, std::string_view payload) {
        std::string frame;
        net::append_masked_frame(frame, opcode, payload, {1, 2, 3, 4});
        send(frame);
    }

    struct Received {
        net::Opcode opcode;
        std::string payload;

        std::uint16_t close_code() const {
            if (payload.size() < 2) return 1005;
            return static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8U |
                                              static_cast<std::uint8_t>(payload[1]));
        }
    };

    Received read_frame() {
        const std::string start = read(2);
        const auto length = static_cast<std::uint8_t>(start[1]);
        std::uint64_t size = length;
        if (length >= 126) {
            size = 0;
            for (const char octet : read(length == 126 ? 2 : 8)) {
                size = size << 8U | static_cast<std::uint8_t>(octet);
            }
        }
        return {static_cast<net::Opcode>(start[0] & 0x0F), read(size)};
    }

  private:
    bool read_more() {
        char buffer[65536];
        const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
        if (count < 0) throw std::runtime_error("nothing came in time, or a reset");
        read_.append(buffer, static_cast<std::size_t>(count));
        return count > 0;
    }

    int socket_;
    std::uint16_t port_;
    std::string read_;
};

/// Runs `job(session)` on the session's loop and waits for it.
template <class Session, class Job>
auto on_loop(Session& session, Job job) {
    std::packaged_task<decltype(job(session))()> task([&] { return job(session); });
    auto result = task.get_future();
    session.loop().post([&task] { task(); });
    return result.get();
}

}  // namespace rotacast::http::testing
