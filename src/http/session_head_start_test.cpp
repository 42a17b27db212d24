#include "http/session.hpp"

#include "http/loopback_for_tests.hpp"
#include "http/sse_session.hpp"
#include "net/websocket_session.hpp"

#include <memory>
#include <string>
#include <utility>

namespace rotacast::http {
namespace {

using testing::LoopbackServer;
using testing::RawClient;

/// Whether the loop did other work between the head of a response and what follows it.
class Waited {
  public:
    explicit Waited(net::Loop& loop) {
        loop.post([waited = waited_] { *waited = true; });
    }
    std::string_view word() const { return *waited_ ? "waited" : "at once"; }

  private:
    std::shared_ptr<bool> waited_ = std::make_shared<bool>(false);
};

class GreetingSocket final : public net::WebSocketHandler {
  public:
    explicit GreetingSocket(net::Loop& loop) : waited_(loop) {}
    void on_open(std::shared_ptr<net::WebSocketSession> session) override {
        session->send_text(waited_.word());
    }
    void on_text(std::string_view) override {}
    void on_binary(std::string_view) override {}
    void on_closed() override {}

  private:
    Waited waited_;
};

class GreetingStream final : public SseHandler {
  public:
    explicit GreetingStream(net::Loop& loop) : waited_(loop) {}
    std::string_view greeting() const override { return ": hello\n\n"; }
    void on_open(std::shared_ptr<SseSession> session) override {
        session->send_text(std::string(waited_.word()) + "\n\n");
        session->close();
    }
    void on_closed(SseEnd) override {}

  private:
    Waited waited_;
};

std::shared_ptr<const Router> greeting_router() {
    auto router = std::make_shared<Router>();
    router->add_upgrade(
        "/ws",
        [](RequestContext& context) -> asio::awaitable<UpgradeAnswer> {
            co_return UpgradeAccepted{std::make_unique<GreetingSocket>(context.loop), {}};
        },
        std::make_shared<net::WebSocketOptions>());
    router->add_stream(
        "/stream",
        [](RequestContext& context) -> asio::awaitable<StreamAnswer> {
            co_return std::make_unique<GreetingStream>(context.loop);
        },
        std::make_shared<SseOptions>());
    return router;
}

TEST(SessionHeadStart, IsGivenToAHeadThatGoesThroughAProxy) {
    LoopbackServer server(greeting_router());
    const std::pair<std::string, std::string> cases[] = {{"", "at once"},
                                                         {"X-Forward: x\r\n", "at once"},
                                                         {"Via: 1.1 x\r\n", "waited"},
                                                         {"Forwarded: for=192.0.2.1\r\n", "waited"},
                                                         {"x-forwarded-server: x\r\n", "waited"}};
    for (const auto& [header, word] : cases) {
        RawClient socket(server.port());
        socket.open_websocket("/ws", header);
        EXPECT_EQ(socket.read_frame().payload, word) << header;
        RawClient stream(server.port());
        stream.send("GET /stream HTTP/1.0\r\nHost: x\r\n" + header + "\r\n");
        const auto answer = stream.read_all();
        EXPECT_TRUE(answer.ends_with("\r\n\r\n: hello\n\n" + word + "\n\n")) << answer;
    }
}

}  // namespace
}  // namespace rotacast::http
