// A WebSocket echo server: answers text with text and binary with binary, on any path, without a
// greeting. Uses the sessions and frames of Rotacast, so that external conformance suites can test
// them.
//
//     echo --port 9001 --max-message 16777216 --deflate

#include <CLI/CLI.hpp>

#include "base/log.hpp"
#include "http/router.hpp"
#include "http/session.hpp"
#include "net/deflate_negotiation.hpp"
#include "net/listener.hpp"
#include "net/loops.hpp"
#include "net/websocket_session.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace rotacast;
using namespace rotacast::net;

// Stop reading from a client that does not read once this much is queued for it.
constexpr std::size_t backlog_bytes_max = 64 * 1024;

class Echo final : public WebSocketHandler {
  public:
    /// With options, messages are compressed if that makes them smaller.
    explicit Echo(std::optional<DeflateOptions> deflate) : deflate_(deflate) {}

    void on_open(std::shared_ptr<WebSocketSession> session) override {
        session_ = std::move(session);
    }
    void on_text(std::string_view text) override { echo(Opcode::text, text); }
    void on_binary(std::string_view bytes) override { echo(Opcode::binary, bytes); }
    void on_drained() override { session_->resume_reading(); }
    void on_closed() override { session_.reset(); }

  private:
    void echo(Opcode opcode, std::string_view payload) {
        std::string frame;
        if (deflate_) {
            append_message(frame, opcode, payload, *deflate_);
        } else {
            frame = make_frame(opcode, payload);
        }
        session_->send(rotacast::hub::Frame::of(std::move(frame)), rotacast::hub::FrameKind::reply);
        if (session_->queued_bytes() > backlog_bytes_max) session_->pause_reading();
    }

    std::optional<DeflateOptions> deflate_;
    std::shared_ptr<WebSocketSession> session_;
};

asio::awaitable<http::UpgradeAnswer> welcome(http::RequestContext& context,
                                             const DeflateOptions& options) {
    const auto offers = context.joined_header(http::field::sec_websocket_extensions, ", ");
    http::UpgradeAccepted accepted;
    accepted.deflate = negotiate_deflate(offers, options);
    accepted.handler =
        std::make_unique<Echo>(accepted.deflate ? std::optional(options) : std::nullopt);
    co_return accepted;
}

std::shared_ptr<const http::Router> make_router(std::uint64_t max_message_bytes,
                                                const DeflateOptions& deflate) {
    auto options = std::make_shared<WebSocketOptions>();
    options->max_message_bytes = max_message_bytes;
    options->deflate = deflate;
    options->send_queue_bytes_max = max_message_bytes + 16 * backlog_bytes_max;
    auto router = std::make_shared<http::Router>();
    router->add_upgrade(
        "{*}",
        [options](http::RequestContext& context) { return welcome(context, options->deflate); },
        options);
    return router;
}

/// Blocks until SIGINT or SIGTERM, which must be blocked in all threads.
void wait_for_end(const sigset_t& signals) {
    int received = 0;
    sigwait(&signals, &received);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("WebSocket echo server");
    std::uint16_t port = 0;
    std::uint64_t max_message_bytes = 16 * 1024 * 1024;
    app.add_option("--port", port, "port on 127.0.0.1; 0 picks one")->capture_default_str();
    app.add_option("--max-message", max_message_bytes, "largest message in bytes")
        ->capture_default_str();
    bool deflate = false;
    unsigned window_bits = deflate_window_bits_min;
    app.add_flag("--deflate", deflate, "agree on permessage-deflate with who offers it");
    app.add_option("--window-bits", window_bits, "of compressed messages; 9 fits every offer")
        ->check(CLI::Range(int{deflate_window_bits_min}, int{deflate_window_bits_max}))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    rotacast::log::start("warning");
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    // without a threshold, so that all messages are compressed
    const DeflateOptions deflate_options{.enabled = deflate,
                                         .window_bits = static_cast<std::uint8_t>(window_bits),
                                         .threshold_bytes = 0};
    Loops loops(0);
    ListenerOptions where;
    where.port = port;
    const auto listener =
        Listener::open(loops,
                       where,
                       http::serve(make_router(max_message_bytes, deflate_options),
                                   std::make_shared<http::SessionOptions>()));
    if (!listener) {
        std::fprintf(stderr, "%s\n", listener.error().message.c_str());
        return 1;
    }
    loops.start();
    std::printf("listening on %s\n", (*listener)->url().c_str());
    std::fflush(stdout);

    wait_for_end(signals);
    (*listener)->stop();
    loops.drain({}, std::chrono::seconds{2});
    return 0;
}
