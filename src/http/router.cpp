#include "http/router.hpp"

#include <boost/url/decode_view.hpp>

#include "http/sse_session.hpp"
#include "net/websocket_session.hpp"

#include <algorithm>

namespace rotacast::http {
namespace {

constexpr std::string_view any_path = "{*}";

/// The value of the pattern's parameter in `path`, still encoded; nullopt if the route does not
/// match.
std::optional<std::string_view> match(const Router::Route& route, std::string_view path) {
    if (!route.has_parameter) {
        return path == route.prefix ? std::optional<std::string_view>("") : std::nullopt;
    }
    if (path.size() <= route.prefix.size() + route.suffix.size()) return std::nullopt;
    if (!path.starts_with(route.prefix) || !path.ends_with(route.suffix)) return std::nullopt;
    path.remove_prefix(route.prefix.size());
    path.remove_suffix(route.suffix.size());
    if (route.prefix.empty()) return path;  // any path
    return path.find('/') == std::string_view::npos ? std::optional(path) : std::nullopt;
}

std::string decoded(std::string_view text) {
    const boost::urls::decode_view view(text);
    return {view.begin(), view.end()};
}

const Handler* handler_of(const Router::Route& route, http::verb method) {
    if (method == http::verb::head) method = http::verb::get;
    const auto found =
        std::ranges::find(route.handlers, method, [](const auto& entry) { return entry.first; });
    return found == route.handlers.end() ? nullptr : &found->second;
}

bool takes(const Router::Route& route, http::verb method) {
    const bool upgrades = method == http::verb::get && route.upgrade;
    return upgrades || method == http::verb::options || route.streams(method) ||
           handler_of(route, method) != nullptr;
}

std::string allowed_methods(const Router::Route& route) {
    using enum http::verb;
    std::string allow;
    for (const auto method : {get, head, post, put, patch, delete_, options}) {
        if (!takes(route, method)) continue;
        if (!allow.empty()) allow += ", ";
        allow += std::string_view(beast::http::to_string(method));
    }
    return allow;
}

Response allow_response(const Router::Route& route) {
    Response response{http::status::no_content, 11};
    response.set(http::field::allow, allowed_methods(route));
    return response;
}

Response method_not_allowed(const Router::Route& route) {
    if (route.handlers.empty() && route.upgrade) {
        auto response = refusal(http::status::upgrade_required,
                                "This path speaks WebSocket: send an upgrade request.");
        response.set(http::field::upgrade, "websocket");
        response.set(http::field::connection, "Upgrade");
        return response;
    }
    auto response = error_response({ErrorCode::method_not_allowed, "", ""});
    response.set(http::field::allow, allowed_methods(route));
    return response;
}

}  // namespace

Router::Router() = default;
Router::~Router() = default;

void Router::add(http::verb method, std::string_view pattern, Handler handler) {
    route(pattern).handlers.emplace_back(method, std::move(handler));
}

void Router::add_upgrade(std::string_view pattern,
                         UpgradeHandler handler,
                         std::shared_ptr<const net::WebSocketOptions> options) {
    auto& target = route(pattern);
    target.upgrade = std::move(handler);
    target.websocket_options = std::move(options);
}

void Router::add_stream(std::string_view pattern,
                        StreamHandler handler,
                        std::shared_ptr<const SseOptions> options,
                        bool takes_posts) {
    auto& target = route(pattern);
    target.stream_takes_posts = takes_posts;
    target.stream = std::move(handler);
    target.sse_options = std::move(options);
}

Router::Route& Router::route(std::string_view pattern) {
    Route wanted;
    const auto open = pattern.find('{');
    wanted.has_parameter = open != std::string_view::npos;
    if (pattern != any_path) {
        wanted.prefix = pattern.substr(0, open);
        if (wanted.has_parameter) wanted.suffix = pattern.substr(pattern.find('}') + 1);
    }
    for (const auto& known : routes_) {
        if (known->prefix == wanted.prefix && known->suffix == wanted.suffix &&
            known->has_parameter == wanted.has_parameter) {
            return *known;
        }
    }
    // Exact paths first, then parameters, then `{*}`.
    const auto rank = [](const Route& r) { return r.has_parameter ? r.prefix.empty() ? 2 : 1 : 0; };
    const auto at = std::ranges::find_if(
        routes_, [&](const auto& known) { return rank(*known) > rank(wanted); });
    return **routes_.insert(at, std::make_unique<Route>(std::move(wanted)));
}

const Router::Route* Router::find(RequestContext& context) const {
    for (const auto& route : routes_) {
        if (const auto parameter = match(*route, context.target.path)) {
            context.path_parameter = decoded(*parameter);
            return route.get();
        }
    }
    return nullptr;
}

bool Router::Route::streams(http::verb method) const {
    return stream && (method == http::verb::get || method == http::verb::head ||
                      (method == http::verb::post && stream_takes_posts));
}

asio::awaitable<Response> Router::answer(const Route* route, RequestContext& context) {
    if (route == nullptr) co_return error_response({ErrorCode::not_found, "", ""});
    const auto method = context.request.method();
    const auto* handler = handler_of(*route, method);
    if (handler != nullptr) co_return co_await (*handler)(context);
    co_return method == http::verb::options ? allow_response(*route) : method_not_allowed(*route);
}

}  // namespace rotacast::http
