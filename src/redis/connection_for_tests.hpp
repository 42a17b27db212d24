#pragma once

// For tests: an open connection to ask, and a server that says what the test wants.

#include "redis/redis_server_for_tests.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::redis::testing {

/// Answers the first commands with these texts, one after the other, whatever they are; then says
/// nothing, or closes.
class FakeServer {
  public:
    enum class Then { silence, close };

    FakeServer(asio::io_context& io, std::vector<std::string> answers, Then then = Then::silence)
        : state_(std::make_shared<State>(
              State{{io, {asio::ip::address_v4::loopback(), 0}}, std::move(answers), then, {}})) {
        asio::co_spawn(io, serve(state_), asio::detached);
    }
    ~FakeServer() {
        error_code ignored;
        state_->acceptor.close(ignored);
        for (auto& socket : state_->sockets) socket.close(ignored);
    }
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;

    ConnectionOptions options() const {
        ConnectionOptions options;
        options.address = {"127.0.0.1", state_->acceptor.local_endpoint().port()};
        return options;
    }

  private:
    /// Shared with its coroutines, which end later.
    struct State {
        asio::ip::tcp::acceptor acceptor;
        std::vector<std::string> answers;
        Then then;
        std::list<asio::ip::tcp::socket> sockets;
    };

    static asio::awaitable<void> serve(std::shared_ptr<State> state) {
        for (;;) {
            auto [error, socket] = co_await state->acceptor.async_accept(net::as_result);
            if (error) co_return;
            state->sockets.push_back(std::move(socket));
            asio::co_spawn(state->acceptor.get_executor(),
                           answer(state, state->sockets.back()),
                           asio::detached);
        }
    }
    static asio::awaitable<void> answer(std::shared_ptr<State> state,
                                        asio::ip::tcp::socket& socket) {
        std::string buffer(4096, '\0');
        for (const auto& text : state->answers) {
            const auto [error, size] =
                co_await socket.async_read_some(asio::buffer(buffer), net::as_result);
            if (error) co_return;
            const auto [unsent, sent] =
                co_await asio::async_write(socket, asio::buffer(text), net::as_result);
            if (unsent) co_return;
        }
        error_code ignored;
        if (state->then == Then::close) socket.close(ignored);
    }

    std::shared_ptr<State> state_;
};

/// What a healthy primary answers to INFO, and to CLIENT SETNAME.
inline std::vector<std::string> healthy_begin() {
    const std::string info =
        "redis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:r\r\nrole:master\r\n"
        "master_replid:p\r\ncluster_enabled:0\r\n";
    return {'$' + std::to_string(info.size()) + "\r\n" + info + "\r\n", "+OK\r\n"};
}

inline std::vector<std::string> healthy_then(std::string answer) {
    auto answers = healthy_begin();
    answers.push_back(std::move(answer));
    return answers;
}

/// One io_context, run by the test itself.
class RedisTest : public ::testing::Test {
  protected:
    Opened open(ConnectionOptions options) {
        return await(io, Connection::open(std::move(options)));
    }
    /// Why it does not open; empty if it does.
    std::string refused(ConnectionOptions options) {
        auto opened = open(std::move(options));
        if (!opened) message = opened.error().message;
        if (opened) (*opened)->close();
        return opened ? "" : std::string(to_string(opened.error().kind));
    }
    Result<Reply> ask(const ConnectionPtr& connection, Command command) {
        return await(io, connection->command(std::move(command)));
    }
    template <class... Words>
    Result<Reply> ask(const ConnectionPtr& connection,
                      std::string_view name,
                      const Words&... words) {
        return ask(connection, Command(name, words...));
    }
    bool message_has(std::string_view part) const {
        return message.find(part) != std::string::npos;
    }

    asio::io_context io{1};
    std::string message;  // of the last refused()
};

}  // namespace rotacast::redis::testing
