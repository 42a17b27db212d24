#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "load/options.hpp"
#include "load/sockets.hpp"

namespace rotacast::bench {

/// The HTTP request that publishes `burst` events to `schedule_id`, padded with `padding` bytes:
/// for Rotacast an array of domain events for the intake, for a peer the payload of one client
/// event that it is to send `burst` times.
[[nodiscard]] std::string publish_request(const Options& options,
                                          std::string_view schedule_id,
                                          std::size_t burst,
                                          std::size_t padding);

/// One event for the intake that becomes a `schedule_updated` with this message, which must need no
/// escaping.
[[nodiscard]] std::string domain_event(std::string_view schedule_id, std::string_view message);

/// A request for Rotacast's intake; with a key that is not empty, it counts once however often it
/// is sent.
[[nodiscard]] std::string intake_request(const Options& options,
                                         std::string_view idempotency_key,
                                         std::string_view body);

/// One HTTP keep-alive connection, one request at a time.
class Publisher {
  public:
    explicit Publisher(std::uint16_t port);

    /// Sends all of `request`, which may block while the server takes it in. Throws.
    void start(std::string_view request);
    /// Reads what is there. Throws when the answer is not a 2xx; the text names status and body.
    void on_readable();
    /// Whether the last request still waits for its answer.
    [[nodiscard]] bool busy() const { return busy_; }
    [[nodiscard]] int fd() const { return socket_.get(); }

  private:
    Descriptor socket_;
    std::string answer_;
    bool busy_ = false;
};

}  // namespace rotacast::bench
