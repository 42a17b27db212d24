#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "load/channel.hpp"
#include "load/options.hpp"

namespace rotacast::bench {

/// The HTTP request that publishes `burst` events to `schedule_id` with `padding` bytes of padding.
/// For Rotacast it contains an array of domain events for intake; for a peer, the payload of one
/// client event that it sends `burst` times.
[[nodiscard]] std::string publish_request(const Options& options,
                                          std::string_view schedule_id,
                                          std::size_t burst,
                                          std::size_t padding);

/// A domain event that is shown as a `schedule_updated` with this message, which must not need
/// escaping.
[[nodiscard]] std::string domain_event(std::string_view schedule_id, std::string_view message);

/// A request to Rotacast's intake. With a key that is not empty, it takes effect once, however
/// often it is sent.
[[nodiscard]] std::string intake_request(const Options& options,
                                         std::string_view idempotency_key,
                                         std::string_view body);

/// One HTTP keep-alive connection, one request at a time.
class Publisher {
  public:
    explicit Publisher(std::uint16_t port, Tls tls = Tls::none);

    /// Sends all of `request`; blocks while the server does not read. Throws.
    void start(std::string_view request);
    /// Reads available data. Throws if the response is not 2xx; the message contains status and
    /// body.
    void on_readable();
    /// True while the last request has no response.
    [[nodiscard]] bool busy() const { return busy_; }
    [[nodiscard]] int fd() const { return channel_.fd(); }

  private:
    Channel channel_;
    std::string answer_;
    bool busy_ = false;
};

}  // namespace rotacast::bench
