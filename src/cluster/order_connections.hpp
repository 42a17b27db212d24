#pragma once

// The two connections of a node to Redis: one for calls, one that waits in reads of the stream.
// Kept up: when one ends, both are replaced.

#include "redis/backoff.hpp"
#include "redis/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace rotacast::cluster {

namespace asio = boost::asio;

/// Thread: that of its executor, which runs one handler at a time. Calls nothing after stop().
class OrderConnections : public std::enable_shared_from_this<OrderConnections> {
  public:
    struct Events {
        /// Makes the connection for calls ready to use.
        std::function<asio::awaitable<std::optional<redis::Refusal>>(redis::Connection&)> prepare;
        /// Both stand. `identity`: of the Redis process (script_calls.hpp).
        std::function<void(std::string identity)> connected;
        std::function<void(const redis::Refusal&)> disconnected;
        /// An attempt to connect failed.
        std::function<void(const redis::Refusal&)> unreachable;
    };

    /// `open` connects to the primary; it is called for each connection.
    OrderConnections(asio::any_io_executor executor,
                     std::function<asio::awaitable<redis::Opened>()> open,
                     Events events);

    void start();
    /// Closes both; they are replaced after a pause that grows until proven() is called.
    void replace();
    /// The connections do what they are for: the next pause is short again.
    void proven() { backoff_.reset(); }
    void stop();

    /// nullptr while there is none.
    redis::Connection* calls() const { return calls_.get(); }
    redis::Connection* reads() const { return reads_.get(); }

  private:
    static asio::awaitable<void> keep_up(std::shared_ptr<OrderConnections> self);
    asio::awaitable<std::optional<redis::Refusal>> connect();
    asio::awaitable<void> pause();
    void ended(const redis::Refusal& why);
    void close_both();

    asio::any_io_executor executor_;
    const std::function<asio::awaitable<redis::Opened>()> open_;
    Events events_;
    redis::Backoff backoff_;
    std::mt19937_64 random_{std::random_device{}()};
    asio::steady_timer timer_;  // a pause, or the time until a connection ends
    redis::ConnectionPtr calls_;
    redis::ConnectionPtr reads_;
    std::optional<redis::Refusal> end_;
    bool stopped_ = false;
};

}  // namespace rotacast::cluster
