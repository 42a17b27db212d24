// /api/v1/webhooks, for admins and coordinators. The schemas are derived from the descriptions in
// src/webhooks.

#include "contract/endpoint.hpp"
#include "contract/schema_parts.hpp"
#include "reflect/json_schema.hpp"
#include "webhooks/webhooks.hpp"

#include <utility>

namespace rotacast::contract {
namespace {

using Codes = std::vector<ErrorCode>;
using enum ErrorCode;

struct Words {
    std::string_view id;
    std::string_view text;
    std::string_view request;  ///< empty: none
    std::string_view answer;
};

Endpoint endpoint(std::string_view method,
                  std::string_view path,
                  const Words& words,
                  const Codes& more) {
    const std::string_view request_type = words.request.empty() ? "" : "application/json";
    auto refusals = operator_refusals(more);
    if (method != "get") refusals.push_back(origin_refused);
    Endpoint made{method,
                  path,
                  words.id,
                  words.text,
                  Who::user,
                  words.request,
                  request_type,
                  words.answer,
                  std::move(refusals)};
    if (path.find("{name}") != std::string_view::npos)
        made.parameters = {{"name", "string", "Name of the webhook."}};
    return made;
}

Endpoint add_webhook() {
    auto made = endpoint(
        "post",
        "/api/v1/webhooks",
        {"addWebhook",
         "Add a webhook. Only this answer shows its secret.",
         "WebhookInput",
         "WebhookWithSecret"},
        {bad_json, missing_field, invalid_field, unknown_event_type, cursor_invalid, conflict});
    made.status = "201";
    return made;
}

json::object with_member(json::object schema, std::string_view name, json::object member) {
    schema["properties"].as_object()[name] = std::move(member);
    schema["required"].as_array().emplace_back(name);
    return schema;
}

json::object closed(json::object schema) {
    schema["additionalProperties"] = false;
    return schema;
}

json::object with_format_names(json::object schema) {
    auto& format = schema["properties"].as_object()["format"].as_object();
    format["enum"] = json::array(webhooks::format_names.begin(), webhooks::format_names.end());
    return schema;
}

json::object webhook_schema() {
    return with_format_names(reflect::SchemaOf<webhooks::Webhook>::get());
}

json::object input_schema() {
    return closed(with_format_names(reflect::SchemaOf<webhooks::WebhookInput>::get()));
}

/// Every member is optional, and members that cannot be changed are not part of it.
json::object change_schema() {
    auto schema = input_schema();
    schema["description"] = "The members to change; the others stay.";
    schema["required"] = json::array{};
    for (const auto* fixed : {"name", "from"}) schema["properties"].as_object().erase(fixed);
    return schema;
}

}  // namespace

const std::vector<Endpoint>& webhook_endpoints() {
    static const std::vector<Endpoint> table{
        endpoint("get",
                 "/api/v1/webhooks",
                 {"webhooks", "All webhooks and their progress.", "", "Webhooks"},
                 {}),
        add_webhook(),
        endpoint("get",
                 "/api/v1/webhooks/{name}",
                 {"webhook", "One of them.", "", "WebhookStatus"},
                 {not_found}),
        endpoint(
            "patch",
            "/api/v1/webhooks/{name}",
            {"changeWebhook",
             "Change the given members. A given secret replaces the old one, as a rotation does.",
             "WebhookChange",
             "Webhook"},
            {bad_json, invalid_field, unknown_event_type, not_found}),
        endpoint("delete",
                 "/api/v1/webhooks/{name}",
                 {"removeWebhook",
                  "Remove a webhook with its deliveries and dead letters.",
                  "",
                  "RemovedWebhook"},
                 {not_found}),
        endpoint("post",
                 "/api/v1/webhooks/{name}/rotate",
                 {"rotateWebhookSecret",
                  "Replace the secret; for a day requests are signed with both. Only this answer "
                  "shows the new one.",
                  "SecretRotation",
                  "WebhookWithSecret"},
                 {bad_json, invalid_field, not_found}),
        endpoint("post",
                 "/api/v1/webhooks/{name}/test",
                 {"testWebhook",
                  "Send `rotacast.ping` once and return the result.",
                  "",
                  "WebhookTestResult"},
                 {not_found, rate_limited}),
    };
    return table;
}

json::object webhook_schemas() {
    using reflect::SchemaOf;
    const auto webhook = webhook_schema();
    const auto status = with_member(
        webhook, "progress", named("WebhookProgress", SchemaOf<webhooks::Progress>::get()));
    return {{"Webhook", webhook},
            {"WebhookStatus", status},
            {"Webhooks", object_of({{"webhooks", list_of(status)}}, {"webhooks"})},
            {"WebhookWithSecret", with_member(webhook, "secret", text("What signs."))},
            {"WebhookInput", input_schema()},
            {"WebhookChange", change_schema()},
            {"SecretRotation", closed(SchemaOf<webhooks::RotationInput>::get())},
            {"RemovedWebhook", object_of({{"removed", text("Its name.")}}, {"removed"})},
            {"WebhookTestResult", SchemaOf<webhooks::TestResult>::get()}};
}

}  // namespace rotacast::contract
