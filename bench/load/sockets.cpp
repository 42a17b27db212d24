#include "load/sockets.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace rotacast::bench {

namespace {

constexpr int give_up_s = 10;

sockaddr_in loopback(std::uint16_t host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x7f000000U | host);
    return address;
}

void set_option(int fd, int level, int name, int value) {
    if (setsockopt(fd, level, name, &value, sizeof value) != 0) fail_errno("setsockopt");
}

void set_timeouts(int fd) {
    const timeval limit{.tv_sec = give_up_s, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Descriptor bound_socket(const Connect& how, int flags) {
    Descriptor socket_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    const int fd = socket_fd.get();
    if (fd < 0) fail_errno("socket");
    if (how.receive_buffer > 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, how.receive_buffer);
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    // Choose the port at connect, per destination; otherwise bind would exhaust the port range.
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const sockaddr_in source = loopback(how.source, 0);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
        fail_errno("bind");
    }
    return socket_fd;
}

int connect_to(int fd, std::uint16_t port) {
    const sockaddr_in server = loopback(1, port);
    return connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server);
}

}  // namespace

Descriptor::~Descriptor() {
    if (fd_ >= 0) close(fd_);
}

Descriptor connect_loopback(const Connect& how) {
    Descriptor socket_fd = bound_socket(how, 0);
    set_timeouts(socket_fd.get());
    if (connect_to(socket_fd.get(), how.port) != 0) fail_errno("connect");
    return socket_fd;
}

Descriptor begin_connect_loopback(const Connect& how) {
    Descriptor socket_fd = bound_socket(how, SOCK_NONBLOCK);
    if (connect_to(socket_fd.get(), how.port) != 0 && errno != EINPROGRESS) fail_errno("connect");
    return socket_fd;
}

int connect_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) fail_errno("getsockopt");
    return error;
}

void reset_and_close(Descriptor socket) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void send_all(int fd, std::string_view bytes) {
    if (!try_send_all(fd, bytes)) fail_errno("send");
}

bool try_send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return false;
        pollfd writable{.fd = fd, .events = POLLOUT, .revents = 0};
        if (poll(&writable, 1, give_up_s * 1000) <= 0) fail_errno("send: not writable");
    }
    return true;
}

void set_nonblocking(int fd) {
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) fail_errno("fcntl");
}

std::uint64_t now_ns() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(t.tv_nsec);
}

void fail_errno(std::string_view what) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace rotacast::bench
