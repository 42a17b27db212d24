#pragma once

#include <openssl/types.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string_view>

#include "load/sockets.hpp"

namespace rotacast::bench {

/// A connection of a measuring client, plain or over TLS (without a look at the certificate: the
/// servers are its own).
class Channel {
  public:
    /// Connects and, with TLS, agrees on keys. Reads and writes time out after 10 s. Throws.
    explicit Channel(const Connect& how);

    [[nodiscard]] int fd() const { return socket_.get(); }
    /// Whether the keys are those of a former connection (RFC 8446 §2.2).
    [[nodiscard]] bool resumed() const;

    /// As recv(): 0 at the end, -1 with errno. Over TLS at most one record of 16 KB; what has come
    /// after it keeps the socket readable.
    ssize_t receive(char* into, std::size_t size);
    /// Writes everything or throws. Works for blocking and non-blocking sockets.
    void send(std::string_view bytes);

  private:
    struct Free {
        void operator()(SSL* session) const noexcept;
    };

    Descriptor socket_;
    std::unique_ptr<SSL, Free> session_;
};

}  // namespace rotacast::bench
