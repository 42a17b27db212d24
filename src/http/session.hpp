#pragma once

// One server-side connection that speaks HTTP/1.1 (RFC 9112), until it is handed over or ends.

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "http/body_framing.hpp"
#include "http/deadline.hpp"
#include "http/forwarded.hpp"
#include "http/message.hpp"
#include "http/page_origin.hpp"
#include "http/request_reader.hpp"
#include "http/router.hpp"
#include "net/listener.hpp"
#include "net/loops.hpp"
#include "net/stream.hpp"

namespace rotacast::http {

/// Limits of HTTP on one connection.
struct SessionOptions : RequestLimits {
    std::chrono::milliseconds write_timeout{30'000};
    std::chrono::milliseconds keep_alive_timeout{75'000};  // between requests
    AllowedOrigins allowed_origins;  // pages that may read the responses (http/cors)
    TrustedProxies trusted_proxies;  // who may say whom a request comes from
};

/// One connection while it speaks HTTP/1.x. Takes the heads of requests one after the other (so
/// pipelined requests are answered in order), passes them to the router, reads bodies when handlers
/// ask for them, and hands the connection to a WebSocketSession when an upgrade is granted, or to
/// an SseSession when a stream is. An invalid request gets an error document as response. After
/// that, and after a response before all of the body was read, the connection ends.
class Session final : public net::LoopMember, private BodySource {
  public:
    /// Starts serving on `loop`; must be called on its thread.
    static void start(net::Loop& loop,
                      net::Stream stream,
                      net::ConnectionSlot slot,
                      std::shared_ptr<const Router> router,
                      std::shared_ptr<const SessionOptions> options);

    // LoopMember
    void on_tick(const net::Tick& tick) override { deadline_.on_tick(tick.steady); }
    void on_drain() override;
    void abort() override { stream_.close(); }

    /// For start() alone.
    Session(net::Loop& loop,
            net::Stream stream,
            net::ConnectionSlot slot,
            std::shared_ptr<const Router> router,
            std::shared_ptr<const SessionOptions> options);

  private:
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

    asio::awaitable<Response> answer(RequestContext& context);
    asio::awaitable<Response> upgrade(const Router::Route& route, RequestContext& context);
    asio::awaitable<Response> open_stream(const Router::Route& route, RequestContext& context);
    Response count_refusal(Response refusal);
    void count_connect(std::chrono::steady_clock::time_point began);
    asio::awaitable<bool> respond(RequestContext& context, Response response, bool keep_alive);
    std::string begin_body(Response& response);
    asio::awaitable<void> give_head_start();
    bool granted() const { return !std::holds_alternative<std::monostate>(granted_); }
    bool upgrades() const { return std::holds_alternative<GrantedUpgrade>(granted_); }
    bool streams() const { return std::holds_alternative<GrantedStream>(granted_); }
    void hand_over(std::monostate) {}
    void hand_over(GrantedUpgrade granted);
    void hand_over(GrantedStream granted);

    asio::ip::address remote_address();

    net::Loop& loop_;
    net::Stream stream_;
    net::ConnectionSlot slot_;
    std::shared_ptr<const Router> router_;
    std::shared_ptr<const SessionOptions> options_;
    Deadline deadline_{stream_};
    RequestReader reader_{stream_, deadline_, *options_};
    // What takes over the connection after the response's head was sent.
    std::variant<std::monostate, GrantedUpgrade, GrantedStream> granted_;
    bool lacks_tls_ = false;  // the port speaks TLS, the client does not
};

/// Serves HTTP with `router` on each connection of a listener.
net::Listener::OnConnection serve(std::shared_ptr<const Router> router,
                                  std::shared_ptr<const SessionOptions> options);

}  // namespace rotacast::http
