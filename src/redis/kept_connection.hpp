#pragma once

// A connection to Redis that is replaced whenever it ends.

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

namespace rotacast::redis {

/// Thread: that of its executor, which runs one handler at a time. Calls nothing after stop().
class KeptConnection : public std::enable_shared_from_this<KeptConnection> {
  public:
    struct Events {
        /// Makes a new connection ready to use; a refusal closes it.
        std::function<asio::awaitable<std::optional<Refusal>>(Connection&)> prepare;
        /// It stands, and is ready.
        std::function<void()> connected;
        /// It has ended, or could not be opened; once per attempt.
        std::function<void(const Refusal&)> lost;
    };

    /// `open` connects to the primary.
    KeptConnection(asio::any_io_executor executor,
                   std::function<asio::awaitable<Opened>()> open,
                   Events events);

    void start();
    /// Closes it; it is replaced after a pause that grows until proven() is called.
    void replace(const Refusal& why);
    /// It does what it is for: the next pause is short again.
    void proven();
    void stop();

    /// nullptr while there is none that is ready.
    Connection* get() const { return ready_.get(); }

  private:
    static asio::awaitable<void> keep_up(std::shared_ptr<KeptConnection> self);
    asio::awaitable<Refusal> run_once();
    asio::awaitable<void> pause(const Refusal& why);

    asio::any_io_executor executor_;
    const std::function<asio::awaitable<Opened>()> open_;
    Events events_;
    Backoff reconnecting_{reconnecting};
    Backoff hoping_{hoping};
    std::mt19937_64 random_{std::random_device{}()};
    asio::steady_timer timer_;  // a pause, or the time until the connection ends
    ConnectionPtr connection_;
    ConnectionPtr ready_;
    std::optional<Refusal> end_;
    bool stopped_ = false;
};

}  // namespace rotacast::redis
