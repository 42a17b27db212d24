#pragma once

// For tests in this directory: a server whose routes show what a session does, and ways to ask it.

#include <cstdint>
#include <stdexcept>

#include "http/loopback_for_tests.hpp"
#include "http/sse_session.hpp"
#include "net/websocket_session.hpp"

namespace rotacast::http::testing {

/// A handler's own bound, below that of the server.
constexpr std::uint64_t few_bytes = 100;

inline asio::awaitable<Response> echo_few(RequestContext& context) {
    auto refused = co_await context.read_body(few_bytes);
    if (refused) co_return std::move(*refused);
    co_return json_response(http::status::ok, context.request.body());
}

inline asio::awaitable<Response> echo_body(RequestContext& context) {
    auto refused = co_await context.read_body();
    if (refused) co_return std::move(*refused);
    co_return json_response(http::status::ok, context.request.body());
}

inline asio::awaitable<Response> name_of_path(RequestContext& context) {
    co_return content_response(
        http::status::ok,
        "text/plain",
        context.path_parameter + "|" + std::string(context.query("q").value_or("none")));
}

inline asio::awaitable<Response> broken(RequestContext&) {
    throw std::runtime_error("secret text");
    co_return Response{};
}

inline asio::awaitable<UpgradeAnswer> refuse_upgrade(RequestContext&) {
    co_return error_response({ErrorCode::token_missing, "", ""});
}

inline asio::awaitable<StreamAnswer> refuse_stream(RequestContext&) {
    co_return error_response({ErrorCode::token_missing, "", ""});
}

/// Does not read the body: the head determines the response.
inline asio::awaitable<Response> refuse(RequestContext&) {
    co_return error_response({ErrorCode::unauthenticated, "", ""});
}

inline std::shared_ptr<const Router> make_router() {
    auto router = std::make_shared<Router>();
    router->add(http::verb::post, "/closed", refuse);
    router->add(http::verb::post, "/echo", echo_body);
    router->add(http::verb::post, "/echo/few", echo_few);
    router->add(http::verb::get, "/items/{name}/show", name_of_path);
    router->add(http::verb::get, "/broken", broken);
    router->add_upgrade("/ws", refuse_upgrade, std::make_shared<net::WebSocketOptions>());
    router->add(http::verb::put, "/feed", refuse);
    router->add_stream("/feed", refuse_stream, std::make_shared<SseOptions>(), true);
    return router;
}

class HttpSessionTest : public ::testing::Test {
  protected:
    std::string ask(const std::string& request) {
        RawClient client(server_.port());
        client.send(request);
        return client.read_response();
    }
    /// For requests whose response also ends the connection: returns everything up to the end.
    std::string ask_for_the_last_time(const std::string& request) {
        RawClient client(server_.port());
        client.send(request);
        return client.read_all();
    }

    static SessionOptions options() {
        SessionOptions options;
        options.header_bytes_max = 1024;
        options.body_bytes_max = 2000;
        options.header_timeout = std::chrono::milliseconds{300};
        options.body_timeout = std::chrono::milliseconds{300};
        options.allowed_origins = AllowedOrigins({"https://app.example"});
        return options;
    }

    LoopbackServer server_{make_router(), options()};
};

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace rotacast::http::testing
