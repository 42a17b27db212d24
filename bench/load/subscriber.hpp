#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "load/dialect.hpp"
#include "load/frames.hpp"
#include "load/sockets.hpp"

namespace rotacast::bench {

/// One WebSocket connection. It becomes ready in three steps, so that many connections can wait
/// for the server at the same time: the constructor asks for the upgrade, `subscribe` waits for
/// the answer and sends the subscriptions, `wait_until_subscribed` waits for the barrier's answer.
/// All three block for at most 10 s and throw. Afterwards the socket does not block.
class Subscriber {
  public:
    /// `dialect` outlives it.
    Subscriber(const Connect& how, std::string_view token, const Dialect& dialect = classic());

    /// `actions` are whole JSON commands.
    void subscribe(const std::string* actions, std::size_t count);
    void wait_until_subscribed();

    struct Received {
        std::uint64_t deliveries = 0;
        std::uint64_t payload_bytes = 0;
        bool ended = false;
    };
    /// Reads what is there into `scratch`, counts the events, answers pings.
    Received receive(std::string& scratch);

    [[nodiscard]] int fd() const { return socket_.get(); }
    /// Close code the server gave; 0 while open or when it ended without one.
    [[nodiscard]] unsigned close_code() const { return close_code_; }

    std::uint64_t deliveries = 0;  ///< since the current measurement began

  private:
    void hear(std::string_view bytes);
    void wait_for(const bool& heard);
    bool on_control(const ServerFrame& frame);

    const Dialect& dialect_;
    Descriptor socket_;
    FrameScanner scanner_;
    unsigned close_code_ = 0;
    bool greeted_ = false;
    bool caught_up_ = false;
};

}  // namespace rotacast::bench
