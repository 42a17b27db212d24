#pragma once

// One connection to a Redis server: commands go out in order, answers come back in order.

#include "config/redis.hpp"
#include "redis/command.hpp"
#include "redis/link.hpp"
#include "redis/refusal.hpp"
#include "redis/reply.hpp"
#include "redis/reply_reader.hpp"
#include "redis/server_identity.hpp"
#include "redis/url.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace rotacast::redis {

struct ConnectionOptions {
    Address address;
    Credentials credentials;
    unsigned database = 0;
    std::shared_ptr<asio::ssl::context> tls = {};  ///< nullptr: plain
    Expected expected = Expected::primary;
    /// What `CLIENT LIST` shows: printable ASCII without spaces. A server that does not permit it
    /// is used without.
    std::string name = "rotacast";
    /// From the name's resolution until the server is known.
    std::chrono::milliseconds connect_timeout =
        std::chrono::seconds(config::Redis{}.connect_timeout_s);
    /// Without a byte from the server although it owes an answer. Then the connection ends.
    std::chrono::milliseconds answer_timeout =
        std::chrono::seconds(config::Redis{}.answer_timeout_s);
    /// Without a byte from a server that owes none: it is asked with PING.
    std::chrono::milliseconds idle_ping = std::chrono::seconds(config::Redis{}.idle_ping_s);
    /// Commands without an answer, and their bytes; further ones are refused at once.
    std::size_t in_flight_max = 10'000;
    std::size_t in_flight_bytes_max = 64 * 1'048'576;
    ReplyLimits reply = {};
    /// If set, gets what is published on channels that were subscribed to with send(); called on
    /// the executor. Must not throw.
    std::function<void(Reply)> on_message = {};
};

class Connection;
using ConnectionPtr = std::shared_ptr<Connection>;
using Opened = boost::system::result<ConnectionPtr, Refusal>;

/// Used from one executor that runs one handler at a time: no locks, and it never blocks. Its
/// pending operations keep it alive until it ends, by close() or by a failure; it never connects
/// again.
///
/// An error reply is a Reply like others: look for reply.error(), and for its meaning in
/// refusal_of(). An Error, `unavailable`, means that there is no reply and will be none; whether
/// Redis executed the command is unknown.
class Connection : public std::enable_shared_from_this<Connection> {
    struct Private {};

  public:
    using Done = std::function<void(Result<Reply>)>;

    /// Connects, introduces us (AUTH, SELECT, CLIENT SETNAME) and learns from INFO which server it
    /// is. Runs on the coroutine's executor, as does all that follows. Cannot be cancelled; ends
    /// within ConnectionOptions::connect_timeout.
    static asio::awaitable<Opened> open(ConnectionOptions options);

    /// Waits for the answer. Cannot be cancelled; the time-out, or close(), ends it. Sends when it
    /// is awaited.
    asio::awaitable<Result<Reply>> command(Command command);

    /// The same without a coroutine, for sending many before the first is answered. `done` is
    /// called once, later, on the executor, in the order of sending.
    void send(const Command& command, Done done);

    /// Everything that waits is answered with an error.
    void close();

    bool is_open() const { return !end_; }
    /// Why it ended. nullopt: it has not.
    const std::optional<Refusal>& end_reason() const { return end_; }
    /// `callback` is called on the executor when the connection ends, or has ended. At most one.
    void on_end(std::function<void(const Refusal&)> callback);

    /// Of the server, as it was when the connection was opened.
    const ServerIdentity& server() const { return server_; }
    const Address& address() const { return options_.address; }

    std::size_t in_flight() const { return waiting_.size(); }

    Connection(Private, const asio::any_io_executor& executor, ConnectionOptions options);

  private:
    using Clock = std::chrono::steady_clock;

    /// Runs when a coroutine ends, or is destroyed with its executor.
    struct Finally {
        std::function<void()> job;
        ~Finally() { job(); }
    };

    struct Waiting {
        Done done;
        std::size_t bytes;
        Clock::time_point sent;
        std::chrono::milliseconds wait;  // that the command itself takes
    };

    // opening (connection_open.cpp)
    void start(std::function<void(Opened)> opened);
    asio::awaitable<void> prepare(ConnectionPtr self);
    asio::awaitable<std::optional<Refusal>> introduce();
    asio::awaitable<std::optional<Refusal>> learn_server();
    std::optional<Refusal> refused(const Result<Reply>& reply) const;
    void settle(Opened opened);
    std::string how_it_was_late() const;

    // running
    asio::awaitable<void> read_replies(ConnectionPtr self);
    asio::awaitable<void> watch(ConnectionPtr self);
    std::string how_it_broke() const;
    void take(Reply reply);
    void write();
    void ping();
    Clock::time_point deadline() const;
    void end(Refusal why);
    void answer_later(Done done, const Refusal& why);
    Refusal at_server(RefusalKind kind, const std::string& what) const;

    ConnectionOptions options_;
    asio::any_io_executor executor_;
    Link link_;
    asio::steady_timer timer_;
    ReplyReader reader_;
    std::deque<Waiting> waiting_;
    std::size_t in_flight_bytes_ = 0;
    std::string outgoing_;  // not yet passed to the link
    std::string sending_;
    bool is_writing_ = false;
    Clock::time_point heard_;  // when the last bytes came
    std::optional<Refusal> end_;
    std::function<void(const Refusal&)> on_end_;
    std::function<void(Opened)> opened_;  // empty: open() has returned
    ServerIdentity server_;
};

}  // namespace rotacast::redis
