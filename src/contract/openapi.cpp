#include "base/error.hpp"
#include "base/version.hpp"
#include "contract/components.hpp"
#include "contract/contract.hpp"
#include "contract/endpoint.hpp"
#include "contract/openapi_parts.hpp"

namespace rotacast::contract {
namespace {

const std::vector<Endpoint>& endpoints() {
    using enum ErrorCode;
    constexpr std::string_view json_type = "application/json";
    constexpr std::string_view form_type = "application/x-www-form-urlencoded";
    constexpr Parameter strict{"strict",
                               "boolean",
                               "Publish nothing if a field would be ignored, or if no client would "
                               "see an event. A key may "
                               "demand it of all its requests."};
    static const std::vector<Endpoint> table{
        {"post",
         "/api/v1/auth/login/json",
         "loginJson",
         "Log in with a password.",
         Who::anybody,
         "Login",
         json_type,
         "Tokens",
         {bad_json,
          missing_field,
          bad_credentials,
          user_inactive,
          too_large,
          rate_limited,
          unavailable}},
        {"post",
         "/api/v1/auth/login",
         "loginForm",
         "Log in with a URL-encoded form.",
         Who::anybody,
         "Login",
         form_type,
         "Tokens",
         {bad_request,
          missing_field,
          bad_credentials,
          user_inactive,
          too_large,
          rate_limited,
          unavailable}},
        {"post",
         "/api/v1/auth/refresh",
         "refresh",
         "Exchange a refresh token, which can be used once, for new tokens. Without one in the "
         "body, "
         "that of the cookie `refresh_token`; the new one is a cookie then, too.",
         Who::anybody,
         "Refresh",
         json_type,
         "Tokens",
         {bad_json,
          missing_field,
          token_missing,
          origin_refused,
          token_invalid,
          token_expired,
          token_revoked,
          user_inactive,
          too_large,
          unavailable}},
        {"post",
         "/api/v1/auth/logout",
         "logout",
         "Revoke the access token, and the refresh token of the cookie, and end their sessions.",
         Who::user,
         "",
         "",
         "Message",
         {unauthenticated, origin_refused, token_invalid, token_expired, too_large, unavailable}},
        {"post",
         "/api/v1/events",
         "publishEvents",
         "Publish one event, or an array that is stored completely or not at all; answered when "
         "they are durable.",
         Who::publisher,
         "Events",
         json_type,
         "Receipts",
         {bad_json,
          bad_request,
          unauthenticated,
          forbidden,
          origin_refused,
          idempotency_conflict,
          version_conflict,
          cursor_invalid,
          too_large,
          too_many_events,
          invalid_field,
          missing_field,
          unknown_event_type,
          empty_request,
          rate_limited,
          unavailable},
         {},
         json_type,
         false,
         "200",
         {strict},
         "Error",
         {},
         {},
         {{"application/cloudevents+json", "CloudEvent"},
          {"application/cloudevents-batch+json", "CloudEvents"}}},
        {"post",
         "/api/v1/broadcast/{client_event}",
         "broadcast",
         "Publish a client event directly; it is stored and delivered like any event.",
         Who::publisher,
         "Broadcast",
         json_type,
         "Receipts",
         {bad_json,
          bad_request,
          unauthenticated,
          forbidden,
          origin_refused,
          not_found,
          idempotency_conflict,
          too_large,
          invalid_field,
          missing_field,
          rate_limited,
          unavailable},
         {},
         json_type,
         false,
         "200",
         {strict}},
        {"get",
         "/api/v1/events/stream",
         "eventStream",
         "Live events as server-sent events; the header `Last-Event-ID`, `lastEventId` or `cursor` "
         "resumes.",
         Who::user,
         "",
         "",
         "Stream",
         {origin_refused,
          token_missing,
          token_invalid,
          token_expired,
          token_revoked,
          user_inactive,
          forbidden,
          invalid_field,
          cursor_invalid,
          too_many_subscriptions,
          too_many_connections,
          too_many_upgrades,
          unavailable},
         {"schedule", "person"},
         "text/event-stream",
         true},
        {"get",
         "/api/v1/presence",
         "presence",
         "Who is online: everybody, or those who work on the given schedules.",
         Who::user,
         "",
         "",
         "Presence",
         {unauthenticated,
          token_invalid,
          token_expired,
          token_revoked,
          user_inactive,
          invalid_field},
         {"schedule"}},
        {"get",
         "/api/v1/ws/health",
         "socketHealth",
         "Counts of live connections.",
         Who::anybody,
         "",
         "",
         "SocketHealth",
         {}},
        {"get",
         "/api/v1/ws/stats",
         "socketStats",
         "The same, for logged-in users.",
         Who::user,
         "",
         "",
         "SocketStats",
         {unauthenticated}},
        {"get",
         "/api/v1/stats",
         "statistics",
         "Counters, for admins and coordinators.",
         Who::user,
         "",
         "",
         "Statistics",
         {unauthenticated, token_invalid, token_expired, forbidden}},
        {"get",
         "/metrics",
         "metrics",
         "The same for Prometheus (contract/metrics.md), if `metrics.token_file` is set.",
         Who::scraper,
         "",
         "",
         "Metrics",
         {unauthenticated},
         {},
         "text/plain"},
        {"get", "/healthz", "healthz", "As /health/live.", Who::anybody, "", "", "Health", {}},
        {"get",
         "/readyz",
         "readyz",
         "As /health/ready.",
         Who::anybody,
         "",
         "",
         "Health",
         {unavailable}},
        {"get", "/health/live", "live", "The process answers.", Who::anybody, "", "", "Health", {}},
        {"get",
         "/health/ready",
         "ready",
         "Events can be published and delivered.",
         Who::anybody,
         "",
         "",
         "Health",
         {unavailable}},
    };
    return table;
}

json::array parameters(const Endpoint& endpoint) {
    json::array out;
    if (endpoint.path.ends_with("{client_event}"))
        out.push_back(json::object{{"name", "client_event"},
                                   {"in", "path"},
                                   {"required", true},
                                   {"schema", schema_reference("ClientEventType")}});
    for (const auto& parameter : endpoint.parameters) {
        const bool in_path =
            endpoint.path.find('{' + std::string(parameter.name) + '}') != std::string_view::npos;
        out.push_back(json::object{{"name", parameter.name},
                                   {"in", in_path ? "path" : "query"},
                                   {"required", in_path},
                                   {"description", parameter.text},
                                   {"schema", {{"type", parameter.type}}}});
    }
    for (const auto name : endpoint.query)
        out.push_back(json::object{
            {"name", name},
            {"in", "query"},
            {"schema", {{"type", "array"}, {"items", {{"type", "string"}, {"format", "uuid"}}}}}});
    if (endpoint.resumes)  // a stream
        out.push_back(json::object{{"name", "notifications"},
                                   {"in", "query"},
                                   {"description", "Whether to send the user's notifications too."},
                                   {"schema", {{"type", "boolean"}, {"default", false}}}});
    if (endpoint.resumes)
        for (const auto& [name, in] :
             {std::pair("cursor", "query"), std::pair("Last-Event-ID", "header")})
            out.push_back(json::object{
                {"name", name},
                {"in", in},
                {"description", "Start after this cursor; the header overrides the query."},
                {"schema", {{"type", "string"}, {"maxLength", 64}}}});
    if (endpoint.who == Who::publisher)
        out.push_back(json::object{{"name", "Idempotency-Key"},
                                   {"in", "header"},
                                   {"description",
                                    "A repetition with the same key and content is answered with "
                                    "the first one's receipts."},
                                   {"schema", {{"type", "string"}}}});
    return out;
}

json::array security(Who who) {
    const json::object bearer{{"bearer", json::array{}}};
    const json::object cookie{{"cookie", json::array{}}};
    const json::object key{{"apiKey", json::array{}}};
    if (who == Who::anybody) return {};
    if (who == Who::scraper) return {json::object{{"scrapeToken", json::array{}}}};
    return who == Who::user ? json::array{bearer, cookie} : json::array{key, bearer};
}

json::object operation(const Endpoint& endpoint, const json::object& schemas) {
    json::object out{{"operationId", endpoint.id},
                     {"summary", endpoint.text},
                     {"tags", json::array{tag_of(endpoint.path)}}};
    if (auto list = parameters(endpoint); !list.empty()) out["parameters"] = std::move(list);
    if (!endpoint.request.empty()) {
        json::object bodies{
            {endpoint.request_type, content(endpoint.request, endpoint.request_type, schemas)}};
        for (const auto& other : endpoint.other_requests)
            bodies[other.media_type] = content(other.name, other.media_type, schemas);
        out["requestBody"] = {{"required", true}, {"content", std::move(bodies)}};
    }
    out["responses"] = responses(endpoint, schemas);
    out["security"] = security(endpoint.who);
    return out;
}

/// One path may have several methods.
void add_operation(json::object& paths, const Endpoint& endpoint, const json::object& schemas) {
    auto& methods = paths[endpoint.path];
    if (!methods.is_object()) methods = json::object{};
    methods.as_object()[endpoint.method] = operation(endpoint, schemas);
}

}  // namespace

std::string openapi_json() {
    auto schemas = with_named_parts(openapi_schemas());
    json::object paths;
    for (const auto* table : {&endpoints(),
                              &graphql_endpoints(),
                              &bus_endpoints(),
                              &webhook_endpoints(),
                              &document_endpoints()})
        for (const auto& endpoint : *table) add_operation(paths, endpoint, schemas);
    return pretty(
        {{"openapi", "3.1.0"},
         {"info",
          {{"title", "Rotacast"},
           {"version", version},
           {"description",
            "Live events for residency scheduling. /api/auth/… is /api/v1/auth/… "
            "too, /ws/… is /api/v1/ws/…, and /graphql is /api/v1/graphql."},
           {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
         {"servers",
          json::array{{{"url", "/"}, {"description", "The server that serves this document."}}}},
         {"tags", tags()},
         {"paths", std::move(paths)},
         {"components",
          {{"schemas", std::move(schemas)},
           {"headers", response_headers()},
           {"securitySchemes",
            {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}},
             {"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "access_token"}}},
             {"scrapeToken", {{"type", "http"}, {"scheme", "bearer"}}},
             {"apiKey", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}}}}}}}});
}

}  // namespace rotacast::contract
