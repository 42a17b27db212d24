#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace rotacast::bench {

/// Owns one file descriptor and closes it.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor();

    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_ = -1;
};

enum class Tls : std::uint8_t {
    none,
    full,     ///< with a key exchange and a certificate
    resumed,  ///< with the ticket of the last connection, once there is one
};

struct Connect {
    std::uint16_t port = 0;
    /// Last two bytes of the source address 127.0.x.y. One address has about 28,000 ports, and a
    /// server may limit the connections of one address.
    std::uint16_t source = 1;
    /// SO_RCVBUF in bytes, set before the handshake so that it also limits the window; 0: system
    /// default.
    int receive_buffer = 0;
    Tls tls = Tls::none;  ///< for a Channel
};

/// Returns a connected, blocking loopback socket whose reads and writes time out after 10 s.
/// Throws.
[[nodiscard]] Descriptor connect_loopback(const Connect& how);

/// Starts a non-blocking connect. When the socket becomes writable, it is connected or has failed.
[[nodiscard]] Descriptor begin_connect_loopback(const Connect& how);

/// The error of a non-blocking connect; 0 if it succeeded.
[[nodiscard]] int connect_error(int fd);

/// Closes with a reset instead of an orderly shutdown (SO_LINGER of 0 s).
void reset_and_close(Descriptor socket);

/// Writes everything or throws. Works for blocking and non-blocking sockets.
void send_all(int fd, std::string_view bytes);

/// The same, but returns false if the peer has closed; reading then shows how.
[[nodiscard]] bool try_send_all(int fd, std::string_view bytes);

void set_nonblocking(int fd);

/// Monotonic time in nanoseconds.
[[nodiscard]] std::uint64_t now_ns();

/// Throws std::runtime_error with `what` and the message of errno.
[[noreturn]] void fail_errno(std::string_view what);

}  // namespace rotacast::bench
