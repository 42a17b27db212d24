#include "net/listener.hpp"

#include <boost/asio/co_spawn.hpp>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/as_result.hpp"

#include <chrono>
#include <exception>
#include <string>
#include <typeinfo>
#include <utility>

namespace rotacast::net {
namespace {

using asio::ip::tcp;

constexpr std::chrono::milliseconds back_off_time{100};

/// Sent without reading the request.
const std::string& no_connection_left() {
    static const auto answer = [] {
        const auto body =
            to_json({ErrorCode::unavailable, "All connections of this server are in use.", ""});
        return "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
               "Content-Type: application/json\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    }();
    return answer;
}

}  // namespace

Result<std::shared_ptr<Listener>> Listener::open(Loops& loops,
                                                 ListenerOptions options,
                                                 OnConnection on_connection) {
    auto listener = std::make_shared<Listener>(loops, std::move(options), std::move(on_connection));
    if (const auto error = listener->bind()) {
        const auto& asked = listener->options_;
        return Error{ErrorCode::config_invalid,
                     "Cannot listen on " + asked.host + ":" + std::to_string(asked.port) + ": " +
                         error.message(),
                     ""};
    }
    asio::co_spawn(loops.executor(0), accept_all(listener), [](const std::exception_ptr& fault) {
        if (fault) log::error("no connections are accepted any more");
    });
    return listener;
}

Listener::Listener(Loops& loops, ListenerOptions options, OnConnection on_connection)
    : loops_(loops),
      options_(std::move(options)),
      on_connection_(std::make_shared<OnConnection>(std::move(on_connection))),
      acceptor_(loops.executor(0)),
      wait_(loops.executor(0)) {}

boost::system::error_code Listener::bind() {
    boost::system::error_code error;
    tcp::resolver resolver(loops_.executor(0));
    const auto found = resolver.resolve(
        options_.host, std::to_string(options_.port), tcp::resolver::passive, error);
    if (error) return error;
    const tcp::endpoint wanted = found.begin()->endpoint();
    acceptor_.open(wanted.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(wanted, error);
    if (!error) acceptor_.listen(options_.backlog, error);
    if (!error) endpoint_ = acceptor_.local_endpoint(error);
    return error;
}

std::string Listener::url() const {
    const bool v6 = endpoint_.address().is_v6();
    const std::string host = endpoint_.address().to_string();
    return std::string(options_.tls ? "https://" : "http://") + (v6 ? "[" + host + "]" : host) +
           ":" + std::to_string(endpoint_.port());
}

void Listener::stop() {
    asio::post(loops_.executor(0), [self = shared_from_this()] {
        self->accept_waiting();
        boost::system::error_code ignored;
        self->acceptor_.close(ignored);
        self->wait_.cancel();
    });
}

asio::awaitable<void> Listener::accept_all(std::shared_ptr<Listener> self) {
    bool scarce = false;  // log once per shortage, not ten times a second
    while (self->acceptor_.is_open()) {
        const auto trouble = co_await self->accept_one();
        if (!self->acceptor_.is_open()) co_return;
        const bool said = std::exchange(scarce, !trouble.empty());
        if (trouble.empty()) continue;
        if (!said) log::warn("cannot accept: {}", trouble);
        co_await self->back_off();
    }
}

// Returns why it could not accept; empty if it could. Whatever one connection throws (no memory, a
// failing TLS library) must not stop the accepting of others.
asio::awaitable<std::string> Listener::accept_one() {
    try {
        Loop& loop = loops_.next();
        auto [error, socket] = co_await acceptor_.async_accept(loop.executor(), as_result);
        if (!error) place(loop, std::move(socket));  // also if it was closed meanwhile
        const bool usual = !error || error == asio::error::connection_aborted;
        co_return usual || !acceptor_.is_open() ? "" : error.message();
    } catch (const std::exception& fault) {
        co_return typeid(fault).name();
    }
}

// Closing resets connections that the kernel has accepted: their clients may have sent a request
// already, and cannot know whether it was carried out.
void Listener::accept_waiting() {
    boost::system::error_code error;
    acceptor_.non_blocking(true, error);
    for (int left = options_.backlog; left > 0 && !error; --left) try {
            Loop& loop = loops_.next();
            Socket socket(loop.executor());
            acceptor_.accept(socket, error);
            if (!error) place(loop, std::move(socket));
        } catch (const std::exception& fault) {
            log::warn("cannot accept: {}", typeid(fault).name());
        }
}

void Listener::place(Loop& loop, Socket socket) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (loops_.connections() >= options_.connections_max) {
        loops_[0].http_stats().turned_away.add();
        socket.non_blocking(true, ignored);
        if (!options_.tls) socket.write_some(asio::buffer(no_connection_left()), ignored);
        return;
    }
    auto stream =
        options_.tls ? Stream(std::move(socket), options_.tls()) : Stream(std::move(socket));
    // Does not capture `this`: work pending on one loop must not own sockets of another.
    loop.post([on_connection = on_connection_,
               &loop,
               stream = std::move(stream),
               slot = loop.take_slot()]() mutable {
        (*on_connection)(loop, std::move(stream), std::move(slot));
    });
}

asio::awaitable<void> Listener::back_off() {
    wait_.expires_after(back_off_time);
    co_await wait_.async_wait(as_result);
}

}  // namespace rotacast::net
