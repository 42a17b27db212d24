#include "base/version.hpp"
#include "contract/contract.hpp"
#include "events/catalogue.hpp"

namespace rotacast::contract {
namespace {

constexpr std::string_view socket_paths =
    "Also at /api/ws and /api/v1/ws. Without a subprotocol the classic dialect is spoken: one JSON "
    "object a text frame; commands are not answered, and what cannot be understood is ignored.";

json::object reference(const std::string& path) {
    return {{"$ref", "#" + path}};
}

/// `#/$defs/…` of the schema document is `#/components/schemas/…` here.
void point_to_components(json::value& value) {
    if (auto* object = value.if_object()) {
        for (auto& [key, inner] : *object) {
            if (key == "$ref" && inner.as_string().starts_with("#/$defs/"))
                inner = "#/components/schemas/" + std::string(inner.as_string()).substr(8);
            else
                point_to_components(inner);
        }
    } else if (auto* array = value.if_array()) {
        for (auto& inner : *array) point_to_components(inner);
    }
}

struct CommandText {
    std::string_view action;
    std::string_view id;  ///< empty: none
    std::string_view text;
};

constexpr CommandText commands_of_clients[] = {
    {"subscribe_schedule", "schedule_id", "Watch a schedule, with all connections of this user."},
    {"unsubscribe_schedule", "schedule_id", "No longer watch it."},
    {"subscribe_person", "person_id", "Watch a person, with all connections of this user."},
    {"unsubscribe_person", "person_id", "No longer watch that person."},
    {"ping", "", "Ask for a pong."},
};

json::object command_schema(const CommandText& command) {
    json::object properties{{"action", {{"const", command.action}}}};
    json::array required{command.action};
    if (!command.id.empty()) {
        properties[command.id] = {{"type", "string"},
                                  {"format", "uuid"},
                                  {"description",
                                   "Or in camelCase; upper case, braces, urn:uuid: "
                                   "and no hyphens are understood too."}};
        required.emplace_back(command.id);
    }
    return {{"type", "object"},
            {"description", command.text},
            {"properties", std::move(properties)},
            {"required", std::move(required)}};
}

/// Collects messages under a channel, with their operation.
struct Document {
    json::object messages;
    json::object schemas;
    json::object channel_messages[2];  // of ws, of intake
    json::array sent;
    json::array commanded;
    json::array published;

    void add(std::string_view name, std::size_t channel, json::array& operation) {
        const std::string key(name);
        const auto& schema = schemas.at(key).as_object();
        messages[key] = {{"name", name},
                         {"summary", schema.at("description")},
                         {"contentType", "application/json"},
                         {"payload", reference("/components/schemas/" + key)}};
        channel_messages[channel][key] = reference("/components/messages/" + key);
        operation.push_back(reference(std::string("/channels/") + (channel == 0 ? "ws" : "intake") +
                                      "/messages/" + key));
    }
};

Document collect() {
    Document document;
    json::value schemas = event_schemas();
    point_to_components(schemas);
    document.schemas = std::move(schemas.as_object());
    for (const auto& command : commands_of_clients)
        document.schemas[command.action] = command_schema(command);
    for (const auto& command : commands_of_clients)
        document.add(command.action, 0, document.commanded);
    for (const auto& info : events::all_types()) {
        if (info.kind == events::Kind::derived) continue;  // neither taken in nor classic
        const bool domain = info.kind == events::Kind::domain;
        document.add(info.type, domain ? 1 : 0, domain ? document.published : document.sent);
        if (!domain) document.add(std::string(info.type) + ".camel", 0, document.sent);
    }
    for (const auto* reply : {"connection_ack", "connection_ack.camel", "pong", "pong.camel"})
        document.add(reply, 0, document.sent);
    return document;
}

json::object socket_bindings() {
    return {{"ws",
             {{"method", "GET"},
              {"query",
               {{"type", "object"},
                {"properties",
                 {{"token",
                   {{"type", "string"},
                    {"description", "Access token, where no Authorization header can be sent."}}},
                  {"case",
                   {{"enum", {"snake", "camel"}},
                    {"default", "snake"},
                    {"description", "How keys of events are spelled."}}}}}}}}}};
}

json::object operation(std::string_view action,
                       std::string_view channel,
                       std::string_view text,
                       json::array messages) {
    return {{"action", action},
            {"channel", reference("/channels/" + std::string(channel))},
            {"summary", text},
            {"messages", std::move(messages)}};
}

}  // namespace

std::string asyncapi_json() {
    auto document = collect();
    return pretty(
        {{"asyncapi", "3.0.0"},
         {"info",
          {{"title", "Rotacast"},
           {"version", version},
           {"description", "Live events for residency scheduling."},
           {"license", {{"name", "MIT"}}}}},
         {"defaultContentType", "application/json"},
         {"channels",
          {{"ws",
            {{"address", "/ws"},
             {"description", socket_paths},
             {"messages", std::move(document.channel_messages[0])},
             {"bindings", socket_bindings()}}},
           {"intake",
            {{"address", "/api/v1/events"},
             {"description", "One event or an array by HTTP POST; see openapi.json."},
             {"messages", std::move(document.channel_messages[1])}}}}},
         {"operations",
          {{"receiveCommand",
            operation(
                "receive", "ws", "What a client may ask for.", std::move(document.commanded))},
           {"sendEvent",
            operation("send", "ws", "What a client is shown.", std::move(document.sent))},
           {"receiveEvent",
            operation("receive",
                      "intake",
                      "What a back end publishes.",
                      std::move(document.published))}}},
         {"components",
          {{"messages", std::move(document.messages)}, {"schemas", std::move(document.schemas)}}}});
}

}  // namespace rotacast::contract
