#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "net/request_context.hpp"
#include "net/sse_handler.hpp"
#include "net/websocket_handler.hpp"

namespace rotacast::net {

struct SseOptions;
struct WebSocketOptions;

using Handler = std::function<asio::awaitable<Response>(RequestContext&)>;

/// An upgrade that is granted: who talks on the connection, and what the 101 says besides.
struct UpgradeAccepted {
    std::unique_ptr<WebSocketHandler> handler;
    std::optional<std::string> subprotocol;
    std::vector<std::pair<std::string, std::string>> headers;
    /// The answer of negotiate_deflate(): from then on messages may be compressed, both ways.
    std::optional<std::string> deflate = std::nullopt;
};

/// An HTTP response refuses the upgrade.
using UpgradeAnswer = std::variant<Response, UpgradeAccepted>;
using UpgradeHandler = std::function<asio::awaitable<UpgradeAnswer>(RequestContext&)>;

/// A granted stream of server-sent events: what feeds it. An HTTP response refuses it.
using StreamAnswer = std::variant<Response, std::unique_ptr<SseHandler>>;
using StreamHandler = std::function<asio::awaitable<StreamAnswer>(RequestContext&)>;

/// Which handler answers which method and path. Filled before the listeners open, then shared by
/// all loops and never changed; handlers run on the loop of their connection.
///
/// A pattern is a path, compared as sent, in which one segment may be `{name}`, or `{*}` for any
/// path at all (asked last). A trailing slash in a request makes no difference.
class Router {
  public:
    struct Route {
        std::string prefix;
        std::string suffix;
        bool has_parameter = false;
        std::vector<std::pair<http::verb, Handler>> handlers;
        UpgradeHandler upgrade;
        std::shared_ptr<const WebSocketOptions> websocket_options;
        StreamHandler stream;
        bool stream_takes_posts = false;
        std::shared_ptr<const SseOptions> sse_options;
    };

    Router();
    ~Router();

    void add(http::verb method, std::string_view pattern, Handler handler);
    /// A WebSocket endpoint. A GET handler may be added beside it; else a plain GET is answered
    /// by 426.
    void add_upgrade(std::string_view pattern,
                     UpgradeHandler handler,
                     std::shared_ptr<const WebSocketOptions> options);
    /// A stream of server-sent events, for GET and, where it `takes_posts`, POST. HEAD is answered
    /// alike, and opens none.
    void add_stream(std::string_view pattern,
                    StreamHandler handler,
                    std::shared_ptr<const SseOptions> options,
                    bool takes_posts = false);

    /// The route of `context`'s path, whose path parameter is filled in; nullptr without one.
    const Route* find(RequestContext& context) const;

    /// Runs the handler, or answers 404, 405, 426. HEAD is answered as GET. `route`: what find()
    /// has found.
    static asio::awaitable<Response> answer(const Route* route, RequestContext& context);

  private:
    Route& route(std::string_view pattern);

    std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace rotacast::net
