#pragma once

// The two connections of a node to Redis: one for calls, one that waits in reads of the stream.
// Kept up: when one ends, both are replaced.

#include "redis/kept_connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>

namespace rotacast::cluster {

namespace asio = boost::asio;

/// Thread: that of its executor, which runs one handler at a time. Calls nothing after stop(). Must
/// be stopped before it is destroyed, unless its executor's context runs no more.
class OrderConnections : public std::enable_shared_from_this<OrderConnections> {
  public:
    /// Of both: `prepare` makes the connection for calls ready to use, `connected` says that both
    /// stand.
    using Events = redis::KeptConnection::Events;

    /// `open` connects to the primary; it is called for each connection.
    OrderConnections(asio::any_io_executor executor,
                     redis::KeptConnection::Open open,
                     Events events);

    void start();
    /// Closes both; they are replaced after a pause that grows until proven() is called.
    void replace();
    /// The connections do what they are for: the next pause is short again.
    void proven() { kept_->proven(); }
    void stop();

    /// nullptr while not both stand.
    redis::Connection* calls() const { return kept_->get().get(); }
    redis::Connection* reads() const { return calls() ? reads_.get() : nullptr; }

  private:
    static asio::awaitable<std::optional<redis::Refusal>> prepare(
        std::shared_ptr<OrderConnections> self, redis::Connection& calls);
    void close_reads();

    const redis::KeptConnection::Open open_;
    const Events events_;
    std::shared_ptr<redis::KeptConnection> kept_;  // the one for calls
    redis::ConnectionPtr reads_;
};

}  // namespace rotacast::cluster
