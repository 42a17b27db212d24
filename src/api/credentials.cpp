#include "api/credentials.hpp"

#include "auth/access.hpp"
#include "base/line_budget.hpp"
#include "base/log.hpp"
#include "base/web_origin.hpp"
#include "http/url.hpp"
#include "net/offload.hpp"

#include <utility>

namespace rotacast::api {
namespace {

/// RFC 9110 §9.2.1.
bool changes_nothing(const http::Request& request) {
    return request.method() == http::verb::get || request.method() == http::verb::head;
}

}  // namespace

bool cookies_count(const live::CredentialCheck& check, const http::RequestContext& context) {
    const auto page =
        http::page_of(context.request, context.host(), context.secure, check.allowed_origins);
    return page != http::Page::foreign;
}

Error origin_refused(const http::RequestContext& context) {
    const auto origin = serialized_origin(context.header(http::field::origin).value_or(""));
    auto message = "A page of " + (origin ? *origin : "another site") + " may not use the cookie";
    if (http::is_host(context.host())) message += " of " + std::string(context.host());
    message +=
        ". List its origin in allowed_origins; or, if a proxy replaces Host, let it pass Host, or "
        "send X-Forwarded-Host as one of trusted_proxies.";
    thread_local LineBudget lines;
    if (lines.spend()) log::info("ignored a cookie: {}", message);
    return {ErrorCode::origin_refused, std::move(message), ""};
}

Result<auth::FoundToken> find_token(const live::CredentialCheck& check,
                                    const http::RequestContext& context) {
    const auto cookie = context.joined_header(http::field::cookie, "; ");
    const bool counts = changes_nothing(context.request) || cookies_count(check, context);
    const auto authorization = context.header(http::field::authorization).value_or("");
    const auto usable = counts ? std::string_view(cookie) : std::string_view();
    if (auto found = auth::find_http_token(authorization, usable)) return std::move(*found);
    if (!counts && auth::find_http_token("", cookie)) return origin_refused(context);
    return Error{ErrorCode::unauthenticated, "Not authenticated", ""};
}

net::asio::awaitable<Result<auth::Principal>> authenticate(live::CredentialCheck& check,
                                                           http::RequestContext& context) {
    auto found = find_token(check, context);
    if (!found) co_return found.error();
    auto look_up = [&authenticator = check.authenticator,
                    token = std::move(found->token)]() -> Result<auth::Principal> {
        return authenticator.authenticate(token, now());
    };
    co_return co_await net::on_worker(check.directory_pool, std::move(look_up));
}

net::asio::awaitable<Result<Publisher>> authenticate_publisher(live::CredentialCheck& check,
                                                               http::RequestContext& context) {
    if (context.request.count("X-API-Key") > 1)
        co_return Error{ErrorCode::bad_request, "Send one X-API-Key header.", ""};
    if (const auto key = context.header("X-API-Key")) {
        auto look_up = [&api_keys = check.api_keys, text = std::string(*key)]() {
            return api_keys.find_api_key(text);
        };
        const auto found = co_await net::on_worker(check.directory_pool, std::move(look_up));
        if (!found) co_return found.error();
        if (!*found) co_return Error{ErrorCode::unauthenticated, "This API key is not known.", ""};
        co_return Publisher{"key:" + (*found)->name, {}, (*found)->options.strict};
    }
    const auto principal = co_await authenticate(check, context);
    if (!principal) co_return principal.error();
    if (!auth::may_publish(principal->role))
        co_return Error{
            ErrorCode::forbidden, "Events are published by admins, coordinators and API keys.", ""};
    const auto id = to_string(principal->user_id);
    co_return Publisher{"user:" + id, id};
}

}  // namespace rotacast::api
