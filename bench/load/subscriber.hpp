#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "load/channel.hpp"
#include "load/dialect.hpp"
#include "load/frames.hpp"

namespace rotacast::bench {

/// One WebSocket connection. It is set up in three steps, so that many connections can wait for the
/// server at the same time: the constructor sends the upgrade request, `subscribe` waits for the
/// response and sends the subscriptions, `wait_until_subscribed` waits for the barrier's response.
/// All three block for at most 10 s and throw. Afterwards the socket is non-blocking.
class Subscriber {
  public:
    /// `dialect` must outlive the subscriber.
    Subscriber(const Connect& how, std::string_view token, const Dialect& dialect = classic());

    /// `actions` are complete JSON commands.
    void subscribe(const std::string* actions, std::size_t count);
    void wait_until_subscribed();

    struct Received {
        std::uint64_t deliveries = 0;
        std::uint64_t payload_bytes = 0;
        bool ended = false;
    };
    /// Reads available data into `scratch`, counts events and answers pings.
    Received receive(std::string& scratch);

    [[nodiscard]] int fd() const { return channel_.fd(); }
    [[nodiscard]] bool resumed() const { return channel_.resumed(); }
    /// The server's close code; 0 while open, or if the connection ended without one.
    [[nodiscard]] unsigned close_code() const { return close_code_; }

    std::uint64_t deliveries = 0;  ///< since the current measurement started

  private:
    void process(std::string_view bytes);
    void wait_for(const bool& flag);
    bool on_control(const ServerFrame& frame);

    const Dialect& dialect_;
    Channel channel_;
    FrameScanner scanner_;
    unsigned close_code_ = 0;
    bool greeted_ = false;
    bool caught_up_ = false;
};

}  // namespace rotacast::bench
