#include "api/credentials.hpp"

#include "auth/access.hpp"
#include "auth/token_source.hpp"
#include "net/offload.hpp"

#include <algorithm>

namespace rotacast::api {

bool origin_allowed(const live::CredentialCheck& check, const http::RequestContext& context) {
    const auto origin = context.header(http::field::origin);
    if (!origin) return false;
    if (std::ranges::find(check.allowed_origins, *origin) != check.allowed_origins.end())
        return true;
    const auto host = context.header(http::field::host);
    if (!host || host->empty()) return false;
    const auto scheme_end = origin->find("://");
    return scheme_end != std::string_view::npos && origin->substr(scheme_end + 3) == *host;
}

net::asio::awaitable<Result<auth::Principal>> authenticate(live::CredentialCheck& check,
                                                           http::RequestContext& context) {
    const auto cookie = context.joined_header(http::field::cookie, "; ");
    auto found =
        auth::find_http_token(context.header(http::field::authorization).value_or(""), cookie);
    if (!found) co_return Error{ErrorCode::unauthenticated, "Not authenticated", ""};
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
