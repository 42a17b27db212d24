#include "net/listener.hpp"

#include "http/loopback_for_tests.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace rotacast::http {
namespace {

using testing::LoopbackServer;
using testing::RawClient;

asio::awaitable<Response> items(RequestContext&) {
    co_return content_response(http::status::ok, "text/plain", "items");
}

std::shared_ptr<const Router> items_router() {
    auto router = std::make_shared<Router>();
    router->add(http::verb::get, "/items", items);
    return router;
}

// The exception of TLS here stands for any exception between two connections.
TEST(Listener, ContinuesWhenAcceptingAConnectionThrows) {
    net::ListenerOptions options;
    auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    const asio::ssl::context taken = std::move(*tls);
    options.tls = [tls] { return tls; };
    LoopbackServer server(items_router(), {}, options);
    for (int i = 0; i < 3; ++i) {
        RawClient client(server.port());
        EXPECT_EQ(client.read_all(), "");
    }
}

TEST(Listener, ContinuesWhenDescriptorsAreAvailableAgain) {
    LoopbackServer server(items_router());
    RawClient waiting(server.port(), 0, RawClient::Connect::later);
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit few{std::min<rlim_t>(limit.rlim_cur, 128), limit.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    std::vector<int> all;
    for (int descriptor = ::dup(0); descriptor >= 0; descriptor = ::dup(0))
        all.push_back(descriptor);
    waiting.connect();
    std::promise<void> passed;
    server.loops().pass([&] { passed.set_value(); });
    passed.get_future().wait();
    for (const int descriptor : all) ::close(descriptor);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    waiting.send("GET /items HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(waiting.read_response().ends_with("items"));
}

TEST(Listener, RefusesConnectionsOverTheBound) {
    net::ListenerOptions options;
    options.connections_max = 1;
    LoopbackServer server(items_router(), {}, options);
    RawClient first(server.port());
    first.send("GET /items HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(first.read_response().ends_with("items"));
    RawClient second(server.port());
    const auto refused = second.read_all();
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
    EXPECT_NE(refused.find(R"("name":"unavailable")"), std::string::npos) << refused;
}

// A proxy may have sent a request that it must not repeat.
TEST(Listener, ServesConnectionsThatWaitWhenItStops) {
    LoopbackServer server(items_router());
    std::promise<void> connected;
    server.loops()[0].post([waits = connected.get_future().share()] { waits.wait(); });
    server.listener().stop();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<RawClient>(server.port()));
        clients.back()->send("GET /items HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    connected.set_value();
    for (const auto& client : clients) EXPECT_TRUE(client->read_response().ends_with("items"));
}

TEST(Listener, ReportsWhyItCannotListen) {
    net::Loops loops(1);
    net::ListenerOptions options;
    options.host = "192.0.2.1";
    const auto refused = net::Listener::open(
        loops, options, serve(items_router(), std::make_shared<SessionOptions>()));
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::config_invalid);
}

}  // namespace
}  // namespace rotacast::http
