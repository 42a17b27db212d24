#include "http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/log.hpp"
#include "http/cors.hpp"
#include "http/identify_sender.hpp"
#include "http/plain_http.hpp"
#include "http/problem.hpp"
#include "http/sse_session.hpp"
#include "http/websocket_handshake.hpp"
#include "net/as_result.hpp"
#include "net/websocket_session.hpp"

#include <chrono>
#include <exception>
#include <string>
#include <typeinfo>
#include <utility>

namespace rotacast::http {
namespace {

// Between the head with a stream's greeting and what follows, if there is a proxy: enough for it to
// have read the one when the other comes.
constexpr std::chrono::milliseconds head_start{25};

}  // namespace

void Session::start(net::Loop& loop,
                    net::Stream stream,
                    net::ConnectionSlot slot,
                    std::shared_ptr<const Router> router,
                    std::shared_ptr<const SessionOptions> options) {
    auto session = std::make_shared<Session>(
        loop, std::move(stream), std::move(slot), std::move(router), std::move(options));
    loop.add(session);
    asio::co_spawn(loop.executor(), run(std::move(session)), asio::detached);
}

Session::Session(net::Loop& loop,
                 net::Stream stream,
                 net::ConnectionSlot slot,
                 std::shared_ptr<const Router> router,
                 std::shared_ptr<const SessionOptions> options)
    : loop_(loop),
      stream_(std::move(stream)),
      slot_(std::move(slot)),
      router_(std::move(router)),
      options_(std::move(options)) {}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
    try {
        co_await self->serve();
        std::visit([&](auto& granted) { self->hand_over(std::move(granted)); }, self->granted_);
    } catch (const std::exception& fault) {
        log::error("http: a connection failed: {}", typeid(fault).name());
    }
    self->loop_.remove(*self);
}

void Session::hand_over(GrantedUpgrade granted) {
    net::WebSocketSession::start(loop_,
                                 std::move(stream_),
                                 std::move(slot_),
                                 std::move(granted.accepted.handler),
                                 std::move(granted.options),
                                 reader_.early(),
                                 granted.accepted.deflate.has_value());
}

void Session::hand_over(GrantedStream granted) {
    SseSession::start(loop_,
                      std::move(stream_),
                      std::move(slot_),
                      std::move(granted.handler),
                      granted.framing,
                      std::move(granted.options));
}

asio::awaitable<void> Session::serve() {
    deadline_.set(options_->header_timeout);
    const auto handshake = co_await stream_.handshake(loop_.handshakes());
    lacks_tls_ = handshake == net::Stream::Handshake::plain_http;
    // In a variable: g++ 12 lays out some coroutine frames wrongly if a condition is a bare
    // co_await.
    bool goes_on = handshake != net::Stream::Handshake::failed;
    while (goes_on) goes_on = co_await serve_one();
}

// Serves one request; returns whether another one may follow.
asio::awaitable<bool> Session::serve_one() {
    const bool came = co_await reader_.wait_for_request();
    if (!came) co_return false;
    const auto began = std::chrono::steady_clock::now();
    auto head = co_await reader_.read_head();
    if (reader_.gone()) co_return false;
    if (lacks_tls_) head.refusal = use_tls(head.request);
    auto target = Target::parse(head.request.target());
    if (!head.refusal && !target)
        head.refusal = refusal(http::status::bad_request, "The request target is malformed.");
    const bool keep_alive = !head.refusal && head.request.keep_alive();
    RequestContext context{.loop = loop_,
                           .request = std::move(head.request),
                           .body_source = reader_.body_left() ? this : nullptr,
                           .body_bytes_max = options_->body_bytes_max,
                           .target = target ? std::move(*target) : Target{"/", {}},
                           .remote_address = remote_address(),
                           .secure = stream_.secure(),
                           .request_id = {},
                           .path_parameter = {}};
    identify_sender(context, options_->trusted_proxies);
    context.request_id = request_id(context.request);
    Response response;
    if (head.refusal)
        response = count_refusal(std::move(*head.refusal));
    else
        response = co_await answer(context);
    if (reader_.gone()) co_return false;
    const bool goes_on = co_await respond(context, std::move(response), keep_alive);
    if (granted()) count_connect(began);
    co_return goes_on;
}

asio::awaitable<std::optional<Response>> Session::read_body(Request& request,
                                                            std::uint64_t bytes_max) {
    auto refused = co_await reader_.read_body(request, bytes_max);
    if (refused) co_return count_refusal(std::move(*refused));
    co_return std::nullopt;
}

// ----------------------------------------------------------------------------------- answering

asio::awaitable<Response> Session::answer(RequestContext& context) {
    // A coroutine cannot co_await in a catch block.
    try {
        const auto* route = router_->find(context);
        if (route != nullptr && route->upgrade && asks_for_websocket(context.request))
            co_return co_await upgrade(*route, context);
        if (route != nullptr && route->streams(context.request.method()))
            co_return co_await open_stream(*route, context);
        co_return co_await Router::answer(route, context);
    } catch (const std::exception& fault) {
        log::error("http: request {} failed: {}", context.request_id, typeid(fault).name());
    }
    granted_ = std::monostate();
    co_return error_response({ErrorCode::internal, "", ""});
}

asio::awaitable<Response> Session::upgrade(const Router::Route& route, RequestContext& context) {
    if (context.body_source)
        co_return refusal(http::status::bad_request, "A WebSocket handshake has no body.");
    if (auto refused = check_handshake(context.request)) co_return std::move(*refused);
    auto answer = co_await route.upgrade(context);
    if (auto* refused = std::get_if<Response>(&answer)) co_return std::move(*refused);
    auto& accepted = std::get<UpgradeAccepted>(answer);
    auto response = switching_protocols(context.request, accepted);
    granted_ = GrantedUpgrade{std::move(accepted), route.websocket_options};
    co_return response;
}

asio::awaitable<Response> Session::open_stream(const Router::Route& route,
                                               RequestContext& context) {
    auto answer = co_await route.stream(context);
    if (auto* refused = std::get_if<Response>(&answer)) co_return std::move(*refused);
    auto& handler = std::get<std::unique_ptr<SseHandler>>(answer);
    auto response = content_response(http::status::ok, handler->content_type(), "");
    granted_ = GrantedStream{
        std::move(handler), framing_for(context.request.version()), route.sse_options};
    // Or nginx would buffer events, and others would, to compress them.
    response.set("X-Accel-Buffering", "no");
    response.set(http::field::cache_control, "no-store, no-transform");
    co_return response;
}

void Session::count_connect(std::chrono::steady_clock::time_point began) {
    const auto duration = std::chrono::steady_clock::now() - began;
    loop_.http_stats().connects.add(
        std::chrono::duration_cast<std::chrono::microseconds>(duration));
}

Response Session::count_refusal(Response refusal) {
    loop_.http_stats().count_refusal(refusal.result_int());
    return refusal;
}

// Returns whether another request may follow. The order of what is done to the response matters.
asio::awaitable<bool> Session::respond(RequestContext& context,
                                       Response response,
                                       bool keep_alive) {
    const auto& request = context.request;
    const bool head_only = request.method() == http::verb::head;
    const bool goes_on = keep_alive && response.keep_alive() && !loop_.draining() && !streams() &&
                         !reader_.body_left();
    present_error(response, request, context.target.path, context.request_id);
    add_cors_headers(response, request, options_->allowed_origins);
    complete_response(response, request.version(), goes_on || upgrades(), context.request_id);
    std::string greeting;
    if (streams()) greeting = begin_body(response);
    auto bytes = serialize(response, head_only || streams());
    if (!head_only) bytes += greeting;
    deadline_.set(options_->write_timeout);
    const net::error_code failed = co_await stream_.write_all(bytes);
    deadline_.set(options_->keep_alive_timeout);
    if (failed || head_only) granted_ = std::monostate();
    if (granted() && came_through_proxy(request)) co_await give_head_start();
    if (failed || granted()) co_return false;
    if (!goes_on) co_await reader_.linger(loop_.scratch());
    co_return goes_on;
}

std::string Session::begin_body(Response& response) {
    const auto& granted = std::get<GrantedStream>(granted_);
    delimit(response, granted.framing);
    std::string greeting;
    append_body(greeting, granted.framing, granted.handler->greeting());
    return greeting;
}

// Apache 2.4 keeps what it reads together with a 101 until more comes, if its client speaks HTTP/2
// (RFC 8441). Caddy 2.6 with `encode` holds back a body that begins with more than 512 bytes.
asio::awaitable<void> Session::give_head_start() {
    asio::steady_timer pause(loop_.executor(), head_start);
    co_await pause.async_wait(net::as_result);
}

void Session::on_drain() {
    if (reader_.waiting()) stream_.cancel();
}

asio::ip::address Session::remote_address() {
    net::error_code ignored;
    return stream_.socket().remote_endpoint(ignored).address();
}

net::Listener::OnConnection serve(std::shared_ptr<const Router> router,
                                  std::shared_ptr<const SessionOptions> options) {
    return [router = std::move(router), options = std::move(options)](
               net::Loop& loop, net::Stream stream, net::ConnectionSlot slot) {
        Session::start(loop, std::move(stream), std::move(slot), router, options);
    };
}

}  // namespace rotacast::http
