#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "config/websocket.hpp"
#include "net/loops.hpp"
#include "net/stream.hpp"

namespace rotacast::net {

struct ListenerOptions {
    std::string host = "127.0.0.1";  // address or name
    std::uint16_t port = 0;          // 0: any free port
    int backlog = 4096;
    /// Over all loops and listeners; further connections get 503 and are closed.
    std::size_t connections_max = config::Websocket{}.max_connections;
    /// Gives what a new connection gets; called on loop 0, must not block. Empty: plain.
    std::function<std::shared_ptr<asio::ssl::context>()> tls;
};

/// Accepts connections on loop 0 and hands each to the loop with the fewest. Lives as long as it
/// accepts or a shared_ptr to it exists. When descriptors or memory run out it waits and continues.
class Listener : public std::enable_shared_from_this<Listener> {
  public:
    /// Called on the connection's loop.
    using OnConnection = std::function<void(Loop&, Stream, ConnectionSlot)>;

    /// Binds and starts to accept (as soon as the loops run). Errors: `config_invalid` if the
    /// address cannot be bound. `loops` must outlive it.
    static Result<std::shared_ptr<Listener>> open(Loops& loops,
                                                  ListenerOptions options,
                                                  OnConnection on_connection);

    const asio::ip::tcp::endpoint& endpoint() const noexcept { return endpoint_; }
    /// `http://127.0.0.1:8080` or `https://…`, for display.
    std::string url() const;

    /// Accepts what the kernel holds already, then no more; connections stay. Any thread.
    void stop();

    /// For open() alone.
    Listener(Loops& loops, ListenerOptions options, OnConnection on_connection);

  private:
    boost::system::error_code bind();
    static asio::awaitable<void> accept_all(std::shared_ptr<Listener> self);
    asio::awaitable<std::string> accept_one();
    void accept_waiting();
    void place(Loop& loop, Socket socket);
    asio::awaitable<void> back_off();

    Loops& loops_;
    ListenerOptions options_;
    std::shared_ptr<const OnConnection> on_connection_;
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer wait_;
    asio::ip::tcp::endpoint endpoint_;
};

}  // namespace rotacast::net
