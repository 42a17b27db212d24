#pragma once

// One server-side connection that speaks HTTP/1.1 (RFC 9112), until it is handed over or ends.

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "config/http.hpp"
#include "http/body_framing.hpp"
#include "http/forwarded.hpp"
#include "http/message.hpp"
#include "http/page_origin.hpp"
#include "http/router.hpp"
#include "net/listener.hpp"
#include "net/loops.hpp"
#include "net/stream.hpp"

namespace rotacast::http {

/// Limits of HTTP on one connection.
struct SessionOptions {
    // Beyond it: 431
    std::uint32_t header_bytes_max = static_cast<std::uint32_t>(config::Http{}.header_bytes_max);
    std::uint64_t body_bytes_max = config::Http{}.max_body_bytes;  // beyond it: 413
    // From the first byte; also for the TLS handshake
    std::chrono::milliseconds header_timeout =
        std::chrono::seconds(config::Http{}.header_timeout_s);
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::chrono::milliseconds keep_alive_timeout{75'000};  // between requests
    AllowedOrigins allowed_origins;  // pages that may read the responses (http/cors)
    TrustedProxies trusted_proxies;  // who may say whom a request comes from
};

/// One connection while it speaks HTTP/1.x. Reads the heads of requests one after the other (so
/// pipelined requests are answered in order), passes them to the router, reads bodies when handlers
/// ask for them, and hands the connection to a WebSocketSession when an upgrade is granted, or to
/// an SseSession when a stream is. An invalid request gets an error document as response, and the
/// connection ends. Time-outs are checked once per tick.
class Session final : public net::LoopMember, private BodySource {
  public:
    /// Starts serving on `loop`; must be called on its thread.
    static void start(net::Loop& loop,
                      net::Stream stream,
                      net::ConnectionSlot slot,
                      std::shared_ptr<const Router> router,
                      std::shared_ptr<const SessionOptions> options);

    // LoopMember
    void on_tick(const net::Tick& tick) override;
    void on_drain() override;
    void abort() override;

    /// For start() alone.
    Session(net::Loop& loop,
            net::Stream stream,
            net::ConnectionSlot slot,
            std::shared_ptr<const Router> router,
            std::shared_ptr<const SessionOptions> options);

  private:
    using Parser = beast::http::request_parser<beast::http::string_body>;

    // The connection ends without a response.
    struct End {};
    using Incoming = std::variant<End, Response, Request>;  // Response: a refusal

    struct GrantedUpgrade {
        UpgradeAccepted accepted;
        std::shared_ptr<const net::WebSocketOptions> options;
    };
    struct GrantedStream {
        std::unique_ptr<SseHandler> handler;
        BodyFraming framing;
        std::shared_ptr<const SseOptions> options;
    };

    static asio::awaitable<void> run(std::shared_ptr<Session> self);
    asio::awaitable<void> serve();
    asio::awaitable<bool> serve_one();

    // BodySource, for the request that is being handled.
    asio::awaitable<std::optional<Response>> read_body(Request& request,
                                                       std::uint64_t bytes_max) override;

    asio::awaitable<bool> wait_for_request();
    asio::awaitable<Incoming> read_head(Parser& parser);
    asio::awaitable<std::optional<Incoming>> read_header(Parser& parser);
    asio::awaitable<std::optional<Incoming>> read_rest(Parser& parser, std::uint64_t bytes_max);
    asio::awaitable<std::optional<Response>> read_body_within(Parser& parser,
                                                              const Request& request,
                                                              std::uint64_t bytes_max);
    asio::awaitable<net::error_code> read_more();
    Incoming read_failure(net::error_code error, const char* what) const;

    asio::awaitable<Response> answer(RequestContext& context);
    asio::awaitable<Response> upgrade(const Router::Route& route, RequestContext& context);
    asio::awaitable<Response> open_stream(const Router::Route& route, RequestContext& context);
    asio::awaitable<bool> refuse(Response response, const Request& head);
    asio::awaitable<bool> respond(Response response, bool head_only);
    asio::awaitable<void> linger();
    bool granted() const { return !std::holds_alternative<std::monostate>(granted_); }
    void hand_over(std::monostate) {}
    void hand_over(GrantedUpgrade granted);
    void hand_over(GrantedStream granted);

    void set_deadline(std::chrono::milliseconds from_now);
    void clear_deadline() { deadline_.reset(); }
    asio::ip::address remote_address();

    net::Loop& loop_;
    net::Stream stream_;
    net::ConnectionSlot slot_;
    std::shared_ptr<const Router> router_;
    std::shared_ptr<const SessionOptions> options_;
    boost::beast::flat_buffer buffer_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    // What takes over the connection after the response's head was sent.
    std::variant<std::monostate, GrantedUpgrade, GrantedStream> granted_;
    // The parser of the request being handled, if its body was not read; else nullptr.
    Parser* unread_ = nullptr;
    bool gone_ = false;  // the client disconnected in the middle of a body
    bool between_requests_ = false;
    bool timed_out_ = false;
};

/// Serves HTTP with `router` on each connection of a listener.
net::Listener::OnConnection serve(std::shared_ptr<const Router> router,
                                  std::shared_ptr<const SessionOptions> options);

}  // namespace rotacast::http
