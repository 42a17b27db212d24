#pragma once

// A WebSocket server whose handler echoes messages, and one raw client.

#include "http/loopback_for_tests.hpp"
#include "hub/frame.hpp"
#include "net/deflate_negotiation.hpp"
#include "net/websocket_session.hpp"

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

namespace rotacast::http::testing {

using hub::Frame;
using hub::FrameKind;

/// What the test observes of the handler.
struct Seen {
    // Weak: nothing here may outlive the loops
    std::promise<std::weak_ptr<net::WebSocketSession>> opened;
    std::promise<void> closed;
    std::atomic<int> closes{0};
    std::atomic<bool> own_words{false};  ///< the protocol has close codes of its own
};

class EchoHandler final : public net::WebSocketHandler {
  public:
    explicit EchoHandler(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}
    void on_open(std::shared_ptr<net::WebSocketSession> session) override {
        session_ = std::move(session);
        seen_->opened.set_value(session_);
    }
    void on_text(std::string_view text) override {
        if (text == "fail") throw std::runtime_error("on purpose");
        if (text == "close") return session_->close(4000, "as you wish");
        session_->send_text(text);
    }
    void on_binary(std::string_view bytes) override { session_->send_binary(bytes); }
    net::Farewell farewell(net::SessionEnd why) noexcept override {
        if (!seen_->own_words) return net::registered_farewell(why);
        return {static_cast<std::uint16_t>(4100 + static_cast<int>(why)), "name: words"};
    }
    void on_closed() override {
        session_.reset();
        if (++seen_->closes == 1) seen_->closed.set_value();
    }

  private:
    std::shared_ptr<Seen> seen_;
    std::shared_ptr<net::WebSocketSession> session_;
};

inline std::shared_ptr<const Router> echo_router(net::WebSocketOptions options,
                                                 std::shared_ptr<Seen> seen) {
    auto router = std::make_shared<Router>();
    router->add_upgrade(
        "/ws",
        [seen,
         deflate = options.deflate](RequestContext& context) -> asio::awaitable<UpgradeAnswer> {
            UpgradeAccepted accepted;
            accepted.handler = std::make_unique<EchoHandler>(seen);
            accepted.deflate = net::negotiate_deflate(
                context.joined_header(http::field::sec_websocket_extensions, ", "), deflate);
            co_return accepted;
        },
        std::make_shared<net::WebSocketOptions>(options));
    return router;
}

/// One server and one client, with access to the session.
class Connected {
  public:
    explicit Connected(net::WebSocketOptions options = {}, int receive_buffer = 0)
        : server_(echo_router(options, seen_)), client_(server_.port(), receive_buffer) {
        client_.open_websocket();
        session_ = seen_->opened.get_future().get().lock();
    }

    RawClient& client() { return client_; }
    Seen& seen() { return *seen_; }
    LoopbackServer& server() { return server_; }
    net::WebSocketStats& stats() { return session_->loop().websocket_stats(); }

    template <class Job>
    auto on_loop(Job job) {
        return testing::on_loop(*session_, std::move(job));
    }

    bool closed_in_time() {
        return seen_->closed.get_future().wait_for(std::chrono::seconds{10}) ==
               std::future_status::ready;
    }

  private:
    std::shared_ptr<Seen> seen_ = std::make_shared<Seen>();
    LoopbackServer server_;
    RawClient client_;
    std::shared_ptr<net::WebSocketSession> session_;
};

inline Frame numbered(int number, std::size_t size) {
    std::string payload = std::to_string(number) + ":";
    payload.resize(size, 'x');
    return Frame::of(net::make_frame(net::Opcode::text, payload));
}

inline int number_of(const RawClient::Received& frame) {
    return std::stoi(frame.payload);
}

}  // namespace rotacast::http::testing
