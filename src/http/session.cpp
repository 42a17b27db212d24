#include "http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/http/error.hpp>

#include "base/log.hpp"
#include "http/cors.hpp"
#include "http/identify_sender.hpp"
#include "http/problem.hpp"
#include "http/sse_session.hpp"
#include "http/websocket_handshake.hpp"
#include "net/as_result.hpp"
#include "net/websocket_session.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <typeinfo>
#include <utility>

namespace rotacast::http {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;
// After a refusal in the middle of a request: how long and how much of it is still read, so that a
// reset does not overtake our response.
constexpr std::chrono::milliseconds linger_timeout{2'000};
constexpr std::size_t linger_bytes_max = 8 * 1024 * 1024;

Response refusal_of(net::error_code error,
                    const SessionOptions& options,
                    std::uint64_t body_bytes_max) {
    if (error == beast::http::error::header_limit) {
        return refusal(http::status::request_header_fields_too_large,
                       "Request line and headers exceed " +
                           std::to_string(options.header_bytes_max) + " bytes.");
    }
    if (error == beast::http::error::body_limit) return body_too_large(body_bytes_max);
    return refusal(http::status::bad_request, "This is not valid HTTP: " + error.message() + ".");
}

bool expects_continue(const Request& request) {
    return request.version() >= 11 &&
           boost::beast::iequals(request[http::field::expect], "100-continue");
}

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
    const auto early = buffer_.data();
    net::WebSocketSession::start(loop_,
                                 std::move(stream_),
                                 std::move(slot_),
                                 std::move(granted.accepted.handler),
                                 std::move(granted.options),
                                 {static_cast<std::uint8_t*>(early.data()), early.size()},
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
    set_deadline(options_->header_timeout);
    const net::error_code failed = co_await stream_.handshake();
    // In a variable: g++ 12 lays out some coroutine frames wrongly if a condition is a bare
    // co_await.
    bool goes_on = !failed;
    while (goes_on) goes_on = co_await serve_one();
}

// Serves one request; returns whether another one may follow.
asio::awaitable<bool> Session::serve_one() {
    const bool came = co_await wait_for_request();
    if (!came) co_return false;
    Parser parser;
    auto incoming = co_await read_head(parser);
    clear_deadline();
    if (std::holds_alternative<End>(incoming)) co_return false;
    if (auto* refused = std::get_if<Response>(&incoming)) {
        if (parser.is_header_done())
            present_error(*refused, parser.get(), "/", request_id(parser.get()));
        co_return co_await refuse(std::move(*refused), parser.get());
    }
    auto& request = std::get<Request>(incoming);
    const bool keep_alive = request.keep_alive();
    const bool head_only = request.method() == http::verb::head;
    const unsigned version = request.version();
    auto target = Target::parse(request.target());
    if (!target) {
        auto malformed = refusal(http::status::bad_request, "The request target is malformed.");
        present_error(malformed, request, "/", request_id(request));
        co_return co_await refuse(std::move(malformed), request);
    }
    unread_ = parser.is_done() ? nullptr : &parser;
    RequestContext context{.loop = loop_,
                           .request = std::move(request),
                           .body_source = unread_ ? this : nullptr,
                           .body_bytes_max = options_->body_bytes_max,
                           .target = std::move(*target),
                           .remote_address = remote_address(),
                           .secure = stream_.secure(),
                           .request_id = {},
                           .path_parameter = {}};
    identify_sender(context, options_->trusted_proxies);
    context.request_id = request_id(context.request);
    auto response = co_await answer(context);
    const bool body_is_left = std::exchange(unread_, nullptr) != nullptr;
    if (gone_) co_return false;
    const bool streams = std::holds_alternative<GrantedStream>(granted_);
    const bool goes_on =
        keep_alive && response.keep_alive() && !loop_.draining() && !streams && !body_is_left;
    const bool upgrades = std::holds_alternative<GrantedUpgrade>(granted_);
    present_error(response, context.request, context.target.path, context.request_id);
    add_cors_headers(response, context.request, options_->allowed_origins);
    complete_response(response, version, goes_on || upgrades, context.request_id);
    if (streams) delimit(response, std::get<GrantedStream>(granted_).framing);
    const bool sent = co_await respond(std::move(response), head_only || streams);
    if (!sent || head_only) granted_ = std::monostate();
    if (!sent || granted()) co_return false;
    if (!goes_on) co_await linger();
    co_return goes_on;
}

// ------------------------------------------------------------------------------------- reading

// Reads a request without its body, unless all of the body arrived with the head.
asio::awaitable<Session::Incoming> Session::read_head(Parser& parser) {
    parser.header_limit(options_->header_bytes_max);
    parser.body_limit(options_->body_bytes_max);
    auto header_over = co_await read_header(parser);
    if (header_over) co_return std::move(*header_over);
    const Request& head = parser.get();
    if (head.version() >= 11 && head.count(http::field::host) != 1) {
        co_return refusal(http::status::bad_request, "Send one Host header.");
    }
    const auto length = parser.content_length();
    if (!parser.is_done() && length && *length <= buffer_.size()) {
        auto body_over = co_await read_rest(parser, options_->body_bytes_max);
        if (body_over) co_return std::move(*body_over);
    }
    Request request(std::move(parser.get().base()));
    if (parser.is_done()) request.body() = std::move(parser.get().body());
    co_return request;
}

asio::awaitable<std::optional<Response>> Session::read_body(Request& request,
                                                            std::uint64_t bytes_max) {
    auto& parser = *unread_;
    auto refused = co_await read_body_within(parser, request, bytes_max);
    clear_deadline();
    if (refused) {
        loop_.http_stats().count_refusal(refused->result_int());
        co_return refused;
    }
    request.body() = std::move(parser.get().body());
    unread_ = nullptr;
    co_return std::nullopt;
}

asio::awaitable<std::optional<Response>> Session::read_body_within(Parser& parser,
                                                                   const Request& request,
                                                                   std::uint64_t bytes_max) {
    if (const auto length = parser.content_length()) {
        if (*length > bytes_max) co_return body_too_large(bytes_max);
    } else {
        bytes_max = std::min(bytes_max, options_->body_bytes_max);
        parser.body_limit(bytes_max);
    }
    if (expects_continue(request) && buffer_.size() == 0) {
        const net::error_code failed = co_await stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n");
        gone_ = failed.failed();
    }
    std::optional<Incoming> over;
    if (!gone_) over = co_await read_rest(parser, bytes_max);
    if (over && std::holds_alternative<Response>(*over)) co_return std::get<Response>(*over);
    gone_ = gone_ || over;
    if (gone_) co_return refusal(http::status::bad_request, "The body did not come.");
    co_return std::nullopt;
}

/// Waits for the first byte of the next request without holding a buffer.
asio::awaitable<bool> Session::wait_for_request() {
    if (buffer_.size() > 0) {
        set_deadline(options_->header_timeout);
        co_return true;
    }
    buffer_.shrink_to_fit();
    between_requests_ = true;
    const auto failed = co_await read_more();
    between_requests_ = false;
    if (failed) co_return false;
    set_deadline(options_->header_timeout);
    co_return true;
}

asio::awaitable<std::optional<Session::Incoming>> Session::read_header(Parser& parser) {
    while (true) {
        net::error_code error;
        buffer_.consume(parser.put(buffer_.data(), error));
        if (error && error != beast::http::error::need_more)
            co_return refusal_of(error, *options_, options_->body_bytes_max);
        if (parser.is_header_done()) co_return std::nullopt;
        const auto failed = co_await read_more();
        if (failed) {
            co_return read_failure(failed, "The headers did not come in time.");
        }
    }
}

asio::awaitable<std::optional<Session::Incoming>> Session::read_rest(Parser& parser,
                                                                     std::uint64_t bytes_max) {
    set_deadline(options_->body_timeout);
    parser.eager(true);
    while (true) {
        net::error_code error;
        if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
        if (error && error != beast::http::error::need_more)
            co_return refusal_of(error, *options_, bytes_max);
        if (parser.is_done()) co_return std::nullopt;
        const auto failed = co_await read_more();
        if (failed) {
            co_return read_failure(failed, "The body did not come in time.");
        }
    }
}

asio::awaitable<net::error_code> Session::read_more() {
    while (true) {
        const auto [failed] = co_await stream_.wait_readable(net::as_result);
        if (failed) co_return failed;
        if (timed_out_) co_return asio::error::operation_aborted;
        const auto room = buffer_.prepare(read_bytes);
        const net::IoStep step =
            stream_.read_some({static_cast<std::uint8_t*>(room.data()), room.size()});
        buffer_.commit(step.bytes);
        if (step.bytes > 0) co_return net::error_code{};
        if (step.error) co_return step.error;
    }
}

Session::Incoming Session::read_failure(net::error_code, const char* what) const {
    if (!timed_out_) return End{};
    return refusal(http::status::request_timeout, what);
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
    if (unread_) co_return refusal(http::status::bad_request, "A WebSocket handshake has no body.");
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
    response.set("X-Accel-Buffering", "no");  // or nginx would buffer events
    co_return response;
}

// Responds to input that is not a request, and ends the connection. `head`: what was read of it.
asio::awaitable<bool> Session::refuse(Response response, const Request& head) {
    loop_.http_stats().count_refusal(response.result_int());
    add_cors_headers(response, head, options_->allowed_origins);
    complete_response(response, 11, false, request_id(head));
    const bool sent = co_await respond(std::move(response), false);
    if (sent) co_await linger();
    co_return false;
}

asio::awaitable<bool> Session::respond(Response response, bool head_only) {
    timed_out_ = false;
    set_deadline(options_->write_timeout);
    const auto bytes = serialize(response, head_only);
    const auto failed = co_await stream_.write_all(bytes);
    if (!failed) set_deadline(options_->keep_alive_timeout);
    co_return !failed;
}

asio::awaitable<void> Session::linger() {
    stream_.shutdown_send();
    set_deadline(linger_timeout);
    std::size_t taken = 0;
    while (taken < linger_bytes_max) {
        const auto [failed] = co_await stream_.wait_readable(net::as_result);
        if (failed) co_return;
        const net::IoStep step = stream_.read_some(loop_.scratch());
        if (step.error) co_return;
        taken += step.bytes;
    }
}

// ------------------------------------------------------------------------------- time and drain

void Session::set_deadline(std::chrono::milliseconds from_now) {
    deadline_ = std::chrono::steady_clock::now() + from_now;
}

void Session::on_tick(const net::Tick& tick) {
    if (!deadline_ || tick.steady < *deadline_) return;
    deadline_.reset();
    timed_out_ = true;
    stream_.cancel();
}

void Session::on_drain() {
    if (between_requests_) stream_.cancel();
}

void Session::abort() {
    stream_.close();
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
