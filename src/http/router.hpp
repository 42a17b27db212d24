#pragma once

// Which handler answers which method and path, and what handlers can grant: a response, a WebSocket
// or an event stream.

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/request_context.hpp"
#include "http/sse_handler.hpp"
#include "net/websocket_handler.hpp"

namespace rotacast::net {
struct WebSocketOptions;
}

namespace rotacast::http {

struct SseOptions;

using Handler = std::function<asio::awaitable<Response>(RequestContext&)>;

/// A granted upgrade: the connection's handler, and additions to the 101 response.
struct UpgradeAccepted {
    std::unique_ptr<net::WebSocketHandler> handler;
    std::optional<std::string> subprotocol;
    /// The result of negotiate_deflate(): if set, messages may be compressed in both directions.
    std::optional<std::string> deflate = std::nullopt;
};

/// An HTTP response refuses the upgrade.
using UpgradeAnswer = std::variant<Response, UpgradeAccepted>;
using UpgradeHandler = std::function<asio::awaitable<UpgradeAnswer>(RequestContext&)>;

/// A granted stream of server-sent events: its handler. An HTTP response refuses it.
using StreamAnswer = std::variant<Response, std::unique_ptr<SseHandler>>;
using StreamHandler = std::function<asio::awaitable<StreamAnswer>(RequestContext&)>;

/// Maps methods and paths to handlers. Filled before the listeners open, then shared by all loops
/// and immutable; handlers run on their connection's loop.
///
/// A pattern is a path, compared as sent, in which one segment may be `{name}`, or it is `{*}` for
/// any path (tried last). A trailing slash in a request makes no difference.
class Router {
  public:
    struct Route {
        std::string prefix;
        std::string suffix;
        bool has_parameter = false;
        std::vector<std::pair<http::verb, Handler>> handlers;
        UpgradeHandler upgrade;
        std::shared_ptr<const net::WebSocketOptions> websocket_options;
        StreamHandler stream;
        bool stream_takes_posts = false;
        std::shared_ptr<const SseOptions> sse_options;

        /// Whether a request of this method is for the stream rather than for a handler.
        bool streams(http::verb method) const;
    };

    Router();
    ~Router();

    void add(http::verb method, std::string_view pattern, Handler handler);
    /// Adds a WebSocket endpoint. A GET handler may be added for the same pattern; without one, a
    /// plain GET gets 426.
    void add_upgrade(std::string_view pattern,
                     UpgradeHandler handler,
                     std::shared_ptr<const net::WebSocketOptions> options);
    /// Adds a stream of server-sent events, for GET and, if it `takes_posts`, POST. HEAD gets the
    /// same response head but opens no stream.
    void add_stream(std::string_view pattern,
                    StreamHandler handler,
                    std::shared_ptr<const SseOptions> options,
                    bool takes_posts = false);

    /// Finds the route for `context`'s path and sets its path parameter; nullptr if there is none.
    const Route* find(RequestContext& context) const;

    /// All routes, in the order in which they are tried.
    const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

    /// Runs the handler, or responds with 404, 405 or 426. HEAD is handled as GET. OPTIONS gets
    /// 204; its Allow, and that of 405, names every method that the route takes. `route`: the
    /// result of find().
    static asio::awaitable<Response> answer(const Route* route, RequestContext& context);

  private:
    Route& route(std::string_view pattern);

    std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace rotacast::http
