#pragma once

// A connection to Redis that is replaced whenever it ends, until it is stopped.

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

/// The pauses before the next attempt. Each policy counts the attempts that ended its way. By
/// default a refusal is no reason to come seldom: as long as a node is refused, it is cut off.
struct Waits {
    RetryPolicy usual = reconnecting;
    RetryPolicy until_mended = reconnecting;  ///< after a refusal with Remedy::give_up
};

/// Thread: that of its executor, which runs one handler at a time. Calls nothing after stop(). Once
/// started, it lives until stop(), or as long as its executor's context.
class KeptConnection : public std::enable_shared_from_this<KeptConnection> {
  public:
    using Open = std::function<asio::awaitable<Opened>()>;

    struct Events {
        /// Makes a new connection ready to use; a refusal closes it. What it returns may run on
        /// after stop(), so it must not use the function's own captures.
        std::function<asio::awaitable<std::optional<Refusal>>(Connection&)> prepare;
        /// It stands, and is ready.
        std::function<void()> connected;
        /// One that was ready has ended.
        std::function<void(const Refusal&)> disconnected;
        /// It could not be opened, or not be made ready; once per attempt.
        std::function<void(const Refusal&)> unreachable;
    };

    /// `open` connects to the primary.
    KeptConnection(asio::any_io_executor executor, Open open, Events events, Waits waits = {});

    void start();
    /// Closes it; it is replaced after a pause that grows until proven() is called.
    void replace(const Refusal& why);
    /// It does what it is for: the next pause is short again, and every reason is worth telling.
    void proven();
    /// For logs and statuses, which tell once why there is no connection, however many attempts
    /// fail: true if `reason` is not the one that was noted last.
    bool note(const std::string& reason);
    void stop();

    /// nullptr while there is none that is ready. It may have ended, which disconnected() tells
    /// soon.
    const ConnectionPtr& get() const { return ready_; }

  private:
    static asio::awaitable<void> keep_up(std::shared_ptr<KeptConnection> self);
    asio::awaitable<std::optional<Refusal>> connect();
    asio::awaitable<Refusal> stand();
    asio::awaitable<void> pause(const Refusal& why);
    void close();

    asio::any_io_executor executor_;
    const Open open_;
    Events events_;
    Backoff usual_;
    Backoff until_mended_;
    std::mt19937_64 random_{std::random_device{}()};
    asio::steady_timer timer_;  // a pause, or the time until the connection ends
    ConnectionPtr connection_;
    ConnectionPtr ready_;
    std::optional<Refusal> end_;
    std::string noted_;
    bool stopped_ = false;
};

}  // namespace rotacast::redis
