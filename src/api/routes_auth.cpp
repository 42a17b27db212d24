// Login by password, refresh with rotation, logout (wire specification §6.3; responses of RFC 6749
// §5.1). A refresh token is in the body, as the original has it, or in a cookie (login_cookies).

#include "api/credentials.hpp"
#include "api/login_cookies.hpp"
#include "api/routes.hpp"
#include "auth/token_source.hpp"
#include "base/json_text.hpp"
#include "base/line_budget.hpp"
#include "base/log.hpp"
#include "live/admission.hpp"
#include "live/logins.hpp"
#include "net/offload.hpp"
#include "reflect/decode.hpp"

#include <boost/url/params_encoded_view.hpp>
#include <boost/url/parse_query.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace rotacast::api {
namespace {

struct Credentials {
    std::string username;
    std::string password;
    std::optional<bool> refresh_cookie;
};
DESCRIBE(Credentials,
         "A login.",
         (username, "The account."),
         (password, "Its password."),
         (refresh_cookie, "Asks for the refresh token as a cookie."))

struct RefreshRequest {
    std::optional<std::string> refresh_token;
};
DESCRIBE(RefreshRequest,
         "A refresh.",
         (refresh_token, "The token that a login or refresh gave; absent: that of the cookie."))

struct LogoutRequest {
    std::optional<std::string> refresh_token;
};
DESCRIBE(LogoutRequest, "A logout.", (refresh_token, "Ends this one too."))

/// For bodies from unauthenticated clients: names, passwords, tokens.
constexpr std::uint64_t body_bytes_max = 16 * 1024;
/// The limiter counts attempts by the first so many bytes of a name.
constexpr std::size_t name_bytes_counted = 256;

template <class T>
Result<T> decode_body(const http::RequestContext& context) {
    const auto document = reflect::parse_json(context.request.body());
    if (!document) return document.error();
    return reflect::decode<T>(*document);
}

Result<Credentials> decode_form(const http::RequestContext& context) {
    // In forms `+` means a space, but the URL library does not decode it.
    std::string body = context.request.body();
    std::ranges::replace(body, '+', ' ');
    for (std::size_t at = 0; (at = body.find(' ', at)) != std::string::npos;)
        body.replace(at, 1, "%20");
    const auto pairs = boost::urls::parse_query(body);
    if (!pairs) return Error{ErrorCode::bad_request, "The body is no URL-encoded form.", ""};
    Credentials credentials;
    bool has_name = false;
    bool has_password = false;
    for (const auto pair : *pairs) {
        const auto key = pair.key.decode();
        if (key == "username") {
            credentials.username = pair.value.decode();
            has_name = true;
        } else if (key == "password") {
            credentials.password = pair.value.decode();
            has_password = true;
        } else if (key == "refresh_cookie") {
            credentials.refresh_cookie = pair.value.decode() == "true";
        }
    }
    if (!has_name) return Error{ErrorCode::missing_field, "This field is required.", "/username"};
    if (!has_password)
        return Error{ErrorCode::missing_field, "This field is required.", "/password"};
    return credentials;
}

struct TokenPair {
    auth::IssuedToken access;
    auth::IssuedToken refresh;
};

Result<TokenPair> issue(live::Logins& logins, const auth::User& user) {
    auto access = logins.issuer.issue_access(user, now());
    if (!access) return access.error();
    auto refresh = logins.issuer.issue_refresh(user, now());
    if (!refresh) return refresh.error();
    return TokenPair{std::move(*access), std::move(*refresh)};
}

/// Where a refresh token travels.
enum class Renewal : std::uint8_t { in_body, in_cookie };

/// A page that got the refresh token as a cookie never sees it, so that no script can take it away.
http::Response token_response(live::Logins& logins,
                              const http::RequestContext& context,
                              const TokenPair& pair,
                              Renewal renewal) {
    std::string body = "{\"access_token\":";
    append_json_string(body, pair.access.token);
    if (renewal == Renewal::in_body) {
        body += ",\"refresh_token\":";
        append_json_string(body, pair.refresh.token);
    }
    body += R"(,"token_type":"bearer","expires_in":)";
    body += std::to_string(logins.access_ttl.count()) + '}';
    auto response = http::json_response(http::status::ok, std::move(body));
    response.set(http::field::pragma, "no-cache");
    set_access_cookie(response, context, pair.access.token, logins.access_ttl);
    if (renewal == Renewal::in_cookie)
        set_refresh_cookie(response, context, pair.refresh.token, logins.refresh_ttl);
    return response;
}

Renewal renewal_of(const live::Logins& logins,
                   const http::RequestContext& context,
                   const Credentials& credentials) {
    const bool by_cookie = credentials.refresh_cookie.value_or(false) && logins.refresh_cookie &&
                           keeps_cookies(context) &&
                           cookies_count(logins.credential_check, context);
    return by_cookie ? Renewal::in_cookie : Renewal::in_body;
}

Error bad_credentials() {
    return {ErrorCode::bad_credentials, "Incorrect username or password", ""};
}

Result<TokenPair> log_in(live::Logins& logins, const auth::User& user) {
    if (!user.active) return Error{ErrorCode::user_inactive, "", ""};
    if (const auto touched = logins.users.touch_login(user.id, now()); !touched)
        log::warn("could not store the time of a login: {}", touched.error().message);
    return issue(logins, user);
}

/// Returns the user if the password is right. An unknown user takes as long as a known one.
net::asio::awaitable<Result<auth::User>> check_password(live::Logins& logins,
                                                        Credentials credentials) {
    auto look_up = [&logins, name = credentials.username] {
        return logins.users.find_user_by_name(name);
    };
    auto user = co_await net::on_worker(logins.credential_check.directory_pool, std::move(look_up));
    if (!user) co_return user.error();
    const auto hashed = *user ? (*user)->hashed_password : std::string();
    auto verify = [&logins, hashed, password = std::move(credentials.password)]() -> Result<bool> {
        if (!hashed.empty()) return logins.passwords.verify(password, hashed);
        logins.passwords.verify_dummy(password);
        return false;
    };
    const auto good = co_await net::on_worker(logins.password_pool, std::move(verify));
    if (!good) co_return good.error();
    if (!*good) co_return bad_credentials();
    co_return std::move(**user);
}

// Whoever guards the server can find who tries passwords by these two. Nothing that a client wrote
// is in them: people type passwords where a name belongs.
http::Response refuse_login(const http::RequestContext& context, const Error& error) {
    thread_local LineBudget lines;
    if (lines.spend())
        log::info("a login from {} failed: {}",
                  context.remote_address.to_string(),
                  info(error.code).name);
    return http::error_response(error);
}

void tell_of_haste(const http::RequestContext& context) {
    thread_local LineBudget lines;
    if (lines.spend())
        log::warn("refused a login from {}: too many attempts", context.remote_address.to_string());
}

std::optional<http::Response> refuse_hasty(const http::RequestContext& context,
                                           const auth::LoginLimiter::Verdict& verdict) {
    if (verdict.allowed) return std::nullopt;
    tell_of_haste(context);
    return http::error_response(
        {ErrorCode::rate_limited, "Too many login attempts; wait a moment.", ""},
        verdict.retry_after);
}

using DecodeCredentials = Result<Credentials> (*)(const http::RequestContext&);

net::asio::awaitable<http::Response> login(live::Logins& logins,
                                           http::RequestContext& context,
                                           DecodeCredentials decode) {
    const auto address = to_string(live::AddressKey::of(context.remote_address));
    const auto time = std::chrono::steady_clock::now();
    if (auto hasty = refuse_hasty(context, logins.logins_of_address.attempt(address, time)))
        co_return std::move(*hasty);
    auto refused = co_await context.read_body(body_bytes_max);
    if (refused) co_return std::move(*refused);
    auto credentials = decode(context);
    if (!credentials) co_return http::error_response(credentials.error());
    const auto renewal = renewal_of(logins, context, *credentials);
    const auto name = address + ' ' + credentials->username.substr(0, name_bytes_counted);
    if (auto hasty = refuse_hasty(context, logins.login_limiter.attempt(name, time)))
        co_return std::move(*hasty);
    auto user = co_await check_password(logins, std::move(*credentials));
    if (!user) co_return refuse_login(context, user.error());
    auto work = [&logins, found = std::move(*user)] { return log_in(logins, found); };
    const auto pair =
        co_await net::on_worker(logins.credential_check.directory_pool, std::move(work));
    if (!pair) co_return refuse_login(context, pair.error());
    co_return token_response(logins, context, *pair, renewal);
}

Result<TokenPair> rotate(live::Logins& logins, std::string_view token) {
    const auto claims = logins.verifier.verify(token, auth::TokenType::refresh, now());
    if (!claims) return claims.error();
    const auto principal = logins.credential_check.authenticator.admit(*claims);
    if (!principal) return principal.error();
    const auto first = logins.revocations.revoke({claims->jti,
                                                  auth::TokenType::refresh,
                                                  claims->subject,
                                                  claims->expires_at,
                                                  "refresh_rotation"});
    if (!first) return first.error();
    if (!*first) return Error{ErrorCode::token_revoked, "", ""};
    const auto user = logins.users.find_user(claims->subject);
    if (!user) return user.error();
    if (!*user) return Error{ErrorCode::user_inactive, "", ""};
    return issue(logins, **user);
}

/// The refresh token of the cookie; empty if there is none. Error: `origin_refused`.
Result<std::string> find_renewal_cookie(const live::Logins& logins,
                                        const http::RequestContext& context) {
    if (!logins.refresh_cookie) return std::string();
    auto token = auth::find_refresh_cookie(context.joined_header(http::field::cookie, "; "));
    if (!token.empty() && !cookies_count(logins.credential_check, context))
        return origin_refused(context);
    return token;
}

struct FoundRenewal {
    std::string token;
    Renewal renewal;
};

/// The body's token goes before the cookie's.
Result<FoundRenewal> find_renewal(const live::Logins& logins, const http::RequestContext& context) {
    const bool has_body = !context.request.body().empty();
    if (has_body) {
        auto request = decode_body<RefreshRequest>(context);
        if (!request) return request.error();
        if (request->refresh_token)
            return FoundRenewal{std::move(*request->refresh_token), Renewal::in_body};
    }
    auto token = find_renewal_cookie(logins, context);
    if (!token) return token.error();
    if (!token->empty()) return FoundRenewal{std::move(*token), Renewal::in_cookie};
    if (!has_body) return Error{ErrorCode::token_missing, "", ""};
    return Error{ErrorCode::missing_field, "This field is required.", "/refresh_token"};
}

net::asio::awaitable<http::Response> refresh(live::Logins& logins, http::RequestContext& context) {
    auto refused = co_await context.read_body(body_bytes_max);
    if (refused) co_return std::move(*refused);
    auto found = find_renewal(logins, context);
    if (!found) co_return http::error_response(found.error());
    const auto renewal = found->renewal;
    auto work = [&logins, token = std::move(found->token)] { return rotate(logins, token); };
    const auto pair =
        co_await net::on_worker(logins.credential_check.directory_pool, std::move(work));
    if (!pair) co_return http::error_response(pair.error());
    co_return token_response(logins, context, *pair, renewal);
}

Result<void> revoke(live::Logins& logins, std::string_view token, auth::TokenType type) {
    const auto claims = logins.verifier.verify(token, type, now());
    if (!claims) return claims.error();
    if (claims->jti.empty()) return {};
    const auto done = logins.revocations.revoke(
        {claims->jti, type, claims->subject, claims->expires_at, "logout"});
    if (!done) return done.error();
    return {};
}

/// What a logout ends. Empty: not there.
struct Ending {
    std::string access;
    std::string refresh_of_cookie;
    std::string refresh_of_body;
};

Result<void> revoke_if_any(live::Logins& logins, std::string_view token, auth::TokenType type) {
    return token.empty() ? Result<void>() : revoke(logins, token, type);
}

bool of_no_use_anyway(const Result<void>& revoked) {
    return !revoked && info(revoked.error().code).http_status == 401;
}

// One of both may be over already: a page that slept has an expired access token.
Result<void> log_out(live::Logins& logins, const Ending& ending) {
    const auto access = revoke_if_any(logins, ending.access, auth::TokenType::access);
    const auto cookie = revoke_if_any(logins, ending.refresh_of_cookie, auth::TokenType::refresh);
    const bool one_ended =
        (!ending.access.empty() && access) || (!ending.refresh_of_cookie.empty() && cookie);
    for (const auto& revoked : {access, cookie})
        if (!revoked && !(one_ended && of_no_use_anyway(revoked))) return revoked;
    return revoke_if_any(logins, ending.refresh_of_body, auth::TokenType::refresh);
}

net::asio::awaitable<http::Response> logout(live::Logins& logins, http::RequestContext& context) {
    const auto access = find_token(logins.credential_check, context);
    const auto renewal = find_renewal_cookie(logins, context);
    Ending ending{access ? access->token : "", renewal ? *renewal : "", ""};
    if (!access && !renewal) co_return http::error_response(renewal.error());
    if (!access && ending.refresh_of_cookie.empty()) co_return http::error_response(access.error());
    auto refused = co_await context.read_body(body_bytes_max);
    if (refused) co_return std::move(*refused);
    if (!context.request.body().empty()) {
        auto request = decode_body<LogoutRequest>(context);
        if (!request) co_return http::error_response(request.error());
        ending.refresh_of_body = request->refresh_token.value_or("");
    }
    const bool has_cookie = !ending.refresh_of_cookie.empty();
    auto work = [&logins, all = std::move(ending)] { return log_out(logins, all); };
    const auto done =
        co_await net::on_worker(logins.credential_check.directory_pool, std::move(work));
    if (!done) co_return http::error_response(done.error());
    auto response =
        http::json_response(http::status::ok, R"({"message":"Successfully logged out"})");
    set_access_cookie(response, context, "", std::chrono::seconds{0});
    if (has_cookie) set_refresh_cookie(response, context, "", std::chrono::seconds{0});
    co_return response;
}

}  // namespace

void add_auth_routes(http::Router& router, live::Logins& logins) {
    for (const std::string base : {"/api/auth", "/api/v1/auth"}) {
        router.add(
            http::verb::post, base + "/login/json", [&logins](http::RequestContext& context) {
                return login(logins, context, decode_body<Credentials>);
            });
        router.add(http::verb::post, base + "/login", [&logins](http::RequestContext& context) {
            return login(logins, context, decode_form);
        });
        router.add(http::verb::post, base + "/refresh", [&logins](http::RequestContext& context) {
            return refresh(logins, context);
        });
        router.add(http::verb::post, base + "/logout", [&logins](http::RequestContext& context) {
            return logout(logins, context);
        });
    }
}

}  // namespace rotacast::api
