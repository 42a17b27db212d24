// JSON Schemas of the HTTP endpoints' requests and responses.

#include "base/error.hpp"
#include "contract/components.hpp"
#include "contract/contract.hpp"
#include "contract/names.hpp"
#include "contract/schema_parts.hpp"
#include "events/catalogue.hpp"
#include "live/server_statistics.hpp"

namespace rotacast::contract {
namespace {

json::object figures() {
    return object_of({{"total_connections", integer()},
                      {"unique_users", integer()},
                      {"schedules_watched", integer()},
                      {"persons_watched", integer()}},
                     {"total_connections", "unique_users", "schedules_watched", "persons_watched"});
}

json::object receipts() {
    auto receipt = object_of({{"event_id", {{"type", "string"}, {"format", "uuid"}}},
                              {"cursor", text("Its position in the journal.")},
                              {"duplicate", {{"type", "boolean"}}},
                              {"ordered",
                               {{"type", "boolean"},
                                {"description",
                                 "Only in a cluster, and then false: Redis cannot be reached, and "
                                 "the event gets its place behind the cursor later."}}}},
                             {"event_id", "cursor", "duplicate"});
    return object_of(
        {{"events", list_of(named("Receipt", std::move(receipt)))},
         {"ignored", list_of(text("JSON pointer of an unknown key."))},
         {"unseen",
          list_of(text("JSON pointer of a member without which no client sees the event."))}},
        {"events", "ignored", "unseen"});
}

json::object person_present() {
    return object_of({{"user_id", {{"type", "string"}, {"format", "uuid"}}},
                      {"status", named("OnlineStatus", one_of({"online", "away"}))},
                      {"last_seen", {{"type", "string"}, {"format", "date-time"}}},
                      {"active_page", {{"type", {"string", "null"}}}}},
                     {"user_id", "status", "last_seen", "active_page"});
}

json::object error_name() {
    json::array names;
    for (const auto& known : error_table()) names.emplace_back(known.name);
    return named("ErrorName", {{"type", "string"}, {"enum", std::move(names)}});
}

json::object error_detail() {
    return named("ErrorDetail",
                 object_of({{"code", integer()},
                            {"name", error_name()},
                            {"message", text("What to correct.")},
                            {"path", text("JSON pointer into the request, or empty.")}},
                           {"code", "name", "message", "path"}));
}

json::object error_details() {
    auto errors = list_of(error_detail());
    errors["maxItems"] = errors_reported_max;
    errors["description"] = "All errors of the request, if there are several.";
    return errors;
}

/// RFC 9457; for who accepts application/problem+json.
json::object problem_schema() {
    return object_of({{"type", text("urn:rotacast:error: and the name.")},
                      {"title", text("The name in words.")},
                      {"status", integer()},
                      {"detail", text("What to correct.")},
                      {"instance", text("The path, and the request's identifier as fragment.")},
                      {"code", integer()},
                      {"name", error_name()},
                      {"path", text("JSON pointer into the request, or empty.")},
                      {"errors", error_details()}},
                     {"type", "title", "status", "detail", "instance", "code", "name", "path"});
}

json::object error_schema() {
    return object_of({{"error", error_detail()}, {"errors", error_details()}}, {"error"});
}

/// In binary mode the attributes are `ce-` headers and the body is the data.
json::object cloud_event() {
    return object_of(
        {{"specversion", constant("1.0")},
         {"id",
          text("Becomes the event's id if it is a UUID; otherwise that is the UUID of version "
               "5 of source and id.")},
         {"source", {{"type", "string"}, {"format", "uri-reference"}}},
         {"type", text("An event type.")},
         {"time", {{"type", "string"}, {"format", "date-time"}}},
         {"subject", text("The aggregate's id.")},
         {"traceparent", text("W3C Trace Context.")},
         {"data",
          {{"type", "object"}, {"description", "The event's own fields, or an envelope."}}}},
        {"specversion", "id", "source", "type", "data"});
}

json::object client_event_type() {
    json::array names;
    for (const auto& info : events::all_types())
        if (info.kind == events::Kind::broadcast) names.emplace_back(info.type);
    return {{"type", "string"},
            {"description", "A client event that may be published directly."},
            {"enum", std::move(names)}};
}

/// Domain events with their metadata, and the bodies of client events.
json::object published_events() {
    json::object all;
    const auto known = event_schemas();
    all["Metadata"] = known.at("Metadata");
    for (const auto& info : events::all_types())
        if (info.kind == events::Kind::domain)
            all[event_name(info.type)] = known.at(event_name(info.type));
    all["PublishedEvent"] = published_union();
    json::value pointed(std::move(all));
    point_to_components(pointed);
    return std::move(pointed.as_object());
}

/// Which of them the path names.
json::object any_broadcast(const json::object& bodies) {
    json::array all;
    for (const auto& body : bodies) all.push_back(schema_reference(body.key()));
    return {
        {"description", "The event's own members; `event_type` and `timestamp` may be left out."},
        {"anyOf", std::move(all)}};
}

json::object refresh_cookie() {
    return {{"type", "boolean"},
            {"description",
             "False if absent. Whether to set the refresh token as an HttpOnly cookie instead of "
             "answering it; only "
             "where `login.refresh_cookie` is on, and for a page of the same site."}};
}

json::object lifetime() {
    return {{"type", "integer"},
            {"minimum", 1},
            {"description", "Seconds until the access token expires."}};
}

}  // namespace

json::object openapi_schemas() {
    const auto one_event = schema_reference("PublishedEvent");
    const auto broadcasts = broadcast_schemas();
    json::object all{
        {"Login",
         object_of(
             {{"username", text("")}, {"password", text("")}, {"refresh_cookie", refresh_cookie()}},
             {"username", "password"})},
        {"Refresh",
         object_of({{"refresh_token", text("Absent: that of the cookie `refresh_token`.")}}, {})},
        {"Tokens",
         object_of({{"access_token", text("Also set as an HttpOnly cookie.")},
                    {"refresh_token", text("Can be used once; absent if it is a cookie.")},
                    {"token_type", constant("bearer")},
                    {"expires_in", lifetime()}},
                   {"access_token", "token_type", "expires_in"})},
        {"Message", object_of({{"message", text("")}}, {})},
        {"Events", {{"oneOf", {one_event, list_of(one_event)}}}},
        {"Broadcast", any_broadcast(broadcasts)},
        {"ClientEventType", client_event_type()},
        {"Receipts", receipts()},
        {"SocketHealth",
         object_of({{"status", constant("healthy")},
                    {"websocket_enabled", always_true()},
                    {"connections", named("ConnectionFigures", figures())}},
                   {"status", "websocket_enabled", "connections"})},
        {"SocketStats",
         object_of({{"status", constant("ok")}, {"stats", named("ConnectionFigures", figures())}},
                   {"status", "stats"})},
        {"Statistics", live::server_statistics_schema()},
        {"Presence",
         object_of({{"users", list_of(named("PersonPresent", person_present()))},
                    {"complete", {{"type", "boolean"}}}},
                   {"users", "complete"})},
        {"Stream",
         text("Records of server-sent events, or parts, as docs/protocol.md describes them.")},
        {"Health",
         object_of({{"status", text("`alive`, `ready`, `degraded` or `not_ready`.")},
                    {"reason", text("The first of the reasons.")},
                    {"reasons", list_of(text("Why it is not ready, for people."))}},
                   {"status"})},
        {"Metrics", text("In the text format of Prometheus, version 0.0.4.")},
        {"Problem", problem_schema()},
        {"CloudEvent", cloud_event()},
        {"CloudEvents", list_of(json::object{{"$ref", "#/components/schemas/CloudEvent"}})},
        {"Error", error_schema()}};
    for (const auto& more : {bus_schemas(),
                             webhook_schemas(),
                             graphql_schemas(),
                             document_schemas(),
                             published_events(),
                             broadcasts})
        for (const auto& [name, schema] : more) all[name] = schema;
    return all;
}

}  // namespace rotacast::contract
