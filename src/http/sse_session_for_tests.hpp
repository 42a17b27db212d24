#pragma once

// For the tests of SseSession: a server with one stream, its client, and what its handler sees.

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "http/loopback_for_tests.hpp"
#include "http/sse.hpp"
#include "http/sse_session.hpp"

namespace rotacast::http::sse_testing {

using hub::Frame;
using hub::FrameKind;
using testing::LoopbackServer;
using testing::RawClient;
using namespace std::chrono_literals;

/// What the test observes of the handler.
struct Seen {
    std::promise<std::weak_ptr<SseSession>> opened;  // weak: nothing here may outlive the loops
    std::promise<void> drained;
    std::promise<SseEnd> closed;
    std::promise<void> destroyed;
    std::atomic<int> opens{0};
    std::atomic<int> drains{0};
    std::atomic<int> closes{0};
    std::atomic<bool> fails{false};     // makes the next tick throw
    std::atomic<bool> says_why{false};  // has a farewell
};

class TestHandler final : public SseHandler {
  public:
    explicit TestHandler(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}
    ~TestHandler() override { seen_->destroyed.set_value(); }

    std::string farewell(ErrorCode reason) const override {
        if (!seen_->says_why) return {};
        return "data: " + std::string(info(reason).name) + "\n\n";
    }
    void on_open(std::shared_ptr<SseSession> session) override {
        ++seen_->opens;
        session_ = session;
        session->send_text("data: first\n\n");
        seen_->opened.set_value(session);
    }
    void on_tick(Timestamp) override {
        if (seen_->fails) throw std::runtime_error("on purpose");
    }
    void on_drained() override {
        if (++seen_->drains == 1) seen_->drained.set_value();
    }
    void on_draining(std::chrono::milliseconds, std::chrono::milliseconds) override {
        session_->send_text("data: goodbye\n\n");
    }
    void on_closed(SseEnd end) override {
        session_.reset();
        if (++seen_->closes == 1) seen_->closed.set_value(end);
    }

  private:
    std::shared_ptr<Seen> seen_;
    std::shared_ptr<SseSession> session_;
};

inline std::shared_ptr<const Router> stream_router(SseOptions options, std::shared_ptr<Seen> seen) {
    auto router = std::make_shared<Router>();
    auto shared = std::make_shared<SseOptions>(options);
    router->add_stream(
        "/stream",
        [seen](RequestContext&) -> asio::awaitable<StreamAnswer> {
            co_return std::make_unique<TestHandler>(seen);
        },
        shared);
    router->add_stream(
        "/refused",
        [](RequestContext&) -> asio::awaitable<StreamAnswer> {
            co_return error_response({ErrorCode::token_missing, "", ""});
        },
        shared);
    return router;
}

// Most tests read records as they are, so they speak HTTP/1.0.
inline constexpr std::string_view ask = "GET /stream HTTP/1.0\r\nHost: x\r\n\r\n";
inline constexpr std::string_view ask_chunked = "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n";
inline constexpr std::string_view first_chunk = "d\r\ndata: first\n\n\r\n";

/// One server and one client, with access to the session.
class Connected {
  public:
    explicit Connected(SseOptions options = {},
                       int receive_buffer = 0,
                       std::string_view request = ask)
        : server_(stream_router(options, seen_)),
          client_(std::make_unique<RawClient>(server_.port(), receive_buffer)) {
        client_->send(request);
        head_ = client_->read_until("\r\n\r\n");
        const std::string_view end = request == ask_chunked ? "\n\n\r\n" : "\n\n";
        greeting_ = client_->read_until(end);
        first_ = client_->read_until(end);
        session_ = seen_->opened.get_future().get().lock();
    }

    RawClient& client() { return *client_; }
    void hang_up() { client_.reset(); }
    const std::string& head() const { return head_; }
    const std::string& greeting() const { return greeting_; }
    const std::string& first() const { return first_; }
    Seen& seen() { return *seen_; }
    LoopbackServer& server() { return server_; }
    net::SseStats& stats() { return session_->loop().sse_stats(); }

    template <class Job>
    auto on_loop(Job job) {
        return testing::on_loop(*session_, std::move(job));
    }

    SseEnd end() {
        auto closed = seen_->closed.get_future();
        if (closed.wait_for(10s) != std::future_status::ready)
            throw std::runtime_error("the stream did not end");
        return closed.get();
    }

  private:
    std::shared_ptr<Seen> seen_ = std::make_shared<Seen>();
    LoopbackServer server_;
    std::unique_ptr<RawClient> client_;
    std::string head_;
    std::string greeting_;
    std::string first_;
    std::shared_ptr<SseSession> session_;
};

inline hub::Frame numbered(int number, std::size_t size) {
    std::string record = "data: " + std::to_string(number) + ':';
    record.resize(size, 'x');
    return hub::Frame::of(record + "\n\n");
}

inline int number_of(std::string_view record) {
    return std::stoi(std::string(record.substr(6)));
}

}  // namespace rotacast::http::sse_testing
