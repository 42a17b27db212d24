#include "base/version.hpp"
#include "contract/asyncapi_v1.hpp"
#include "contract/contract.hpp"
#include "events/catalogue.hpp"

namespace rotacast::contract {
namespace {

constexpr std::string_view socket_paths =
    "Also at /api/ws and /api/v1/ws. Without a subprotocol: the classic protocol, with one JSON "
    "object per text frame. Commands are not answered, and invalid ones are ignored.";
constexpr std::string_view v1_paths =
    "The same addresses with the subprotocol rotacast.v1: every command is answered, every event "
    "has "
    "a cursor. docs/protocol.md says what each message means.";

json::object reference(const std::string& path) {
    return {{"$ref", "#" + path}};
}

/// Replaces references to `#/$defs/…` by `#/components/schemas/…`.
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

/// Collects the messages of each channel with their operations.
struct Document {
    json::object messages;
    json::object schemas;
    json::object channel_messages;  // by channel
    json::array sent;
    json::array commanded;
    json::array v1_sent;
    json::array v1_commanded;
    json::array published;

    void add(std::string_view name, std::string_view channel, json::array& operation) {
        const std::string key(name);
        const auto& schema = schemas.at(key).as_object();
        messages[key] = {{"name", name},
                         {"summary", schema.at("description")},
                         {"contentType", "application/json"},
                         {"payload", reference("/components/schemas/" + key)}};
        auto& listed = channel_messages[channel];
        if (!listed.is_object()) listed = json::object{};
        listed.as_object()[key] = reference("/components/messages/" + key);
        operation.push_back(reference("/channels/" + std::string(channel) + "/messages/" + key));
    }

    void add_v1(std::vector<NamedSchema> list, json::array& operation) {
        for (auto& [name, schema] : list) {
            schemas[name] = std::move(schema);
            add(name, "wsV1", operation);
        }
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
        document.add(command.action, "ws", document.commanded);
    for (const auto& info : events::all_types()) {
        // neither accepted by intake nor sent to classic clients
        if (info.kind == events::Kind::derived) continue;
        const bool domain = info.kind == events::Kind::domain;
        document.add(
            info.type, domain ? "intake" : "ws", domain ? document.published : document.sent);
        if (!domain) document.add(std::string(info.type) + ".camel", "ws", document.sent);
    }
    for (const auto* reply : {"connection_ack", "connection_ack.camel", "pong", "pong.camel"})
        document.add(reply, "ws", document.sent);
    document.add_v1(v1_commands(), document.v1_commanded);
    document.add_v1(v1_messages(), document.v1_sent);
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
                    {"description", "Naming style of the events' keys."}}}}}}}}}};
}

json::object v1_bindings() {
    json::object subprotocol{
        {"type", "string"},
        {"pattern", "rotacast\\.v1"},
        {"description", "May also offer bearer.<access token>, which is never selected."}};
    return {{"ws",
             {{"method", "GET"},
              {"headers",
               {{"type", "object"},
                {"properties", {{"Sec-WebSocket-Protocol", std::move(subprotocol)}}},
                {"required", {"Sec-WebSocket-Protocol"}}}}}}};
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
           {"description", "A real-time server for residency schedules."},
           {"license", {{"name", "MIT"}}}}},
         {"defaultContentType", "application/json"},
         {"channels",
          {{"ws",
            {{"address", "/ws"},
             {"description", socket_paths},
             {"messages", std::move(document.channel_messages["ws"])},
             {"bindings", socket_bindings()}}},
           {"wsV1",
            {{"address", "/ws"},
             {"description", v1_paths},
             {"messages", std::move(document.channel_messages["wsV1"])},
             {"bindings", v1_bindings()}}},
           {"intake",
            {{"address", "/api/v1/events"},
             {"description", "One event or an array by HTTP POST; see openapi.json."},
             {"messages", std::move(document.channel_messages["intake"])}}}}},
         {"operations",
          {{"receiveCommand",
            operation("receive", "ws", "Commands of a client.", std::move(document.commanded))},
           {"sendEvent",
            operation("send", "ws", "Messages to a client.", std::move(document.sent))},
           {"receiveV1Command",
            operation("receive",
                      "wsV1",
                      "Commands of a rotacast.v1 client.",
                      std::move(document.v1_commanded))},
           {"sendV1Message",
            operation("send",
                      "wsV1",
                      "Answers, notices and events of rotacast.v1.",
                      std::move(document.v1_sent))},
           {"receiveEvent",
            operation("receive",
                      "intake",
                      "Events that a back end publishes.",
                      std::move(document.published))}}},
         {"components",
          {{"messages", std::move(document.messages)}, {"schemas", std::move(document.schemas)}}}});
}

}  // namespace rotacast::contract
