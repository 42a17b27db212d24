#include "base/error.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rotacast {
namespace {

void append_object(std::string& out, const Error& error) {
    out += "{\"code\":" + std::to_string(static_cast<int>(error.code));
    out += ",\"name\":";
    append_json_string(out, info(error.code).name);
    out += ",\"message\":";
    append_json_string(out, message_of(error));
    out += ",\"path\":";
    append_json_string(out, error.path);
    out += '}';
}

}  // namespace

const std::vector<ErrorInfo>& error_table() {
    using enum ErrorCode;
    static const std::vector<ErrorInfo> table{
        {bad_json, "bad_json", 400, "Send one JSON document encoded in UTF-8."},
        {invalid_field,
         "invalid_field",
         422,
         "Correct the value at `path`; see contract/events.md."},
        {missing_field, "missing_field", 422, "Add the field named by `path`."},
        {unknown_event_type, "unknown_event_type", 422, "Use a type of contract/events.md."},
        {empty_request, "empty_request", 422, "Send at least one event."},
        {too_many_events, "too_many_events", 413, "Split the array into several requests."},
        {too_large, "too_large", 413, "Send less at once; the bound is in the message."},
        {idempotency_conflict,
         "idempotency_conflict",
         409,
         "Use a new Idempotency-Key for new content."},
        {bad_request, "bad_request", 400, "Correct the request as the message says."},
        {unknown_action, "unknown_action", 400, "Use an action of docs/protocol.md."},
        {version_conflict,
         "version_conflict",
         409,
         "Read the aggregate's events since that version, then decide again."},
        {cursor_invalid, "cursor_invalid", 422, "Send a cursor exactly as you received it."},
        {not_acceptable, "not_acceptable", 406, "Accept a type that the message names."},
        {unsupported_media_type,
         "unsupported_media_type",
         415,
         "Send the body in a format that this path takes; compressed, with gzip alone."},
        {graphql_syntax, "graphql_syntax", 400, "Correct the document at `locations`."},
        {graphql_validation,
         "graphql_validation",
         400,
         "Correct the document or its variables; see contract/schema.graphql."},
        {rate_limited, "rate_limited", 429, "Wait as long as Retry-After says."},
        {too_many_subscriptions,
         "too_many_subscriptions",
         422,
         "Unsubscribe from something first; the bound is websocket.max_subscriptions."},
        {too_many_connections,
         "too_many_connections",
         429,
         "Close another connection, then reconnect with back-off."},
        {too_many_commands, "too_many_commands", 429, "Send less often; reconnect with back-off."},
        {too_many_upgrades,
         "too_many_upgrades",
         429,
         "Connect less often; reconnect with back-off."},
        {slow_consumer, "slow_consumer", 429, "Read faster; reconnect from your last cursor."},
        {authentication_timeout,
         "authentication_timeout",
         408,
         "Reconnect and send `authenticate` at once."},
        {too_many_operations,
         "too_many_operations",
         429,
         "End another operation first; the bounds are those of graphql in the configuration."},
        {unauthenticated, "unauthenticated", 401, "Send Authorization: Bearer; publishers may send X-API-Key."},
        {token_missing, "token_missing", 401, "Log in and send the token."},
        {token_invalid, "token_invalid", 401, "Log in again; this token cannot be used."},
        {token_expired, "token_expired", 401, "Refresh the token or log in again."},
        {token_revoked, "token_revoked", 401, "Log in again; this token was revoked."},
        {user_inactive, "user_inactive", 401, "Ask an administrator to activate the account."},
        {bad_credentials, "bad_credentials", 401, "Check user name and password."},
        {identity_changed,
         "identity_changed",
         401,
         "Refresh with a token of the same user; open a new connection for another user."},
        {forbidden, "forbidden", 403, "Use an account whose role allows this."},
        {origin_refused,
         "origin_refused",
         403,
         "List the page's origin in allowed_origins, or let the proxy pass Host; "
         "docs/browsers.md."},
        {not_found, "not_found", 404, "Check the path; see contract/openapi.json."},
        {method_not_allowed, "method_not_allowed", 405, "Use a method named in Allow."},
        {conflict, "conflict", 409, "It exists already; choose another name."},
        {unavailable,
         "unavailable",
         503,
         "Nothing was stored; try again, after Retry-After if it is sent."},
        {internal, "internal", 500, "A defect of the server; report the time, then try again."},
        {config_invalid,
         "config_invalid",
         500,
         "Correct the configuration; try `rotacast check-config`."},
    };
    return table;
}

const ErrorInfo& info(ErrorCode code) {
    const auto& table = error_table();
    const auto found = std::ranges::find(table, code, &ErrorInfo::code);
    return found != table.end() ? *found : info(ErrorCode::internal);
}

std::string_view message_of(const Error& error) {
    return error.message.empty() ? info(error.code).advice : error.message;
}

bool add_error(std::optional<Error>& first, Error next) {
    const auto has_room = [&] { return first->others.size() + 1 < errors_reported_max; };
    if (!first) {
        first = std::move(next);
        return has_room();
    }
    auto more = std::exchange(next.others, {});
    if (has_room()) first->others.push_back(std::move(next));
    for (auto& other : more)
        if (has_room()) first->others.push_back(std::move(other));
    return has_room();
}

void append_others(std::string& out, const Error& error) {
    if (error.others.empty()) return;
    out += ",\"errors\":[";
    append_object(out, error);
    for (const auto& other : error.others) {
        out += ',';
        append_object(out, other);
    }
    out += ']';
}

std::string to_json(const Error& error) {
    std::string out = "{\"error\":";
    append_object(out, error);
    append_others(out, error);
    out += '}';
    return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error(std::string(info(error.code).name) + ": " + error.message);
}

}  // namespace rotacast
