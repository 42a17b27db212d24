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
#include "net/websocket_handler.hpp"

namespace rotacast::net {

struct WebSocketOptions;

using Handler = std::function<asio::awaitable<Response>(RequestContext&)>;

/// An upgrade that is granted: who talks on the connection, and what the 101 says besides.
struct UpgradeAccepted {
    std::unique_ptr<WebSocketHandler> handler;
    std::optional<std::string> subprotocol;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// An HTTP response refuses the upgrade.
using UpgradeAnswer = std::variant<Response, UpgradeAccepted>;
using UpgradeHandler = std::function<asio::awaitable<UpgradeAnswer>(RequestContext&)>;

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
    };

    Router();
    ~Router();

    void add(http::verb method, std::string_view pattern, Handler handler);
    /// A WebSocket endpoint. A GET handler may be added beside it; else a plain GET is answered
    /// by 426.
    void add_upgrade(std::string_view pattern,
                     UpgradeHandler handler,
                     std::shared_ptr<const WebSocketOptions> options);

    /// The route of `context`'s path, whose path parameter is filled in; nullptr without one.
    const Route* find(RequestContext& context) const;

    /// Runs the handler, or answers 404, 405, 426. HEAD is answered as GET.
    asio::awaitable<Response> answer(RequestContext& context) const;

  private:
    Route& route(std::string_view pattern);

    std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace rotacast::net
